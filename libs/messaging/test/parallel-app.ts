import { Controller, Inject, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ObservabilityModule } from '#observability';
import {
  Consumers,
  type Delivery,
  EachMessage,
  EachRawMessage,
  MessagingModule,
  type RawMessage,
} from '../src/index.js';
import { silent } from './broker.js';

export const WORK = 'notification-service.delivery.webhook.v1';
export const LAST = 'usher.parked.v1';
export type EachHandler = (message: Delivery) => Promise<void>;
export type RawHandler = (message: RawMessage) => Promise<void>;
const HANDLER = Symbol('HANDLER');

@Controller()
class WorkController {
  constructor(@Inject(HANDLER) private readonly handler: EachHandler) {}

  @EachMessage(WORK)
  async take(message: Delivery): Promise<void> {
    await this.handler(message);
  }
}

@Controller()
class LastController {
  constructor(@Inject(HANDLER) private readonly handler: RawHandler) {}

  @EachRawMessage(LAST)
  async take(message: RawMessage): Promise<void> {
    await this.handler(message);
  }
}

@Module({})
class WorkModule {}

/** A service that consumes a queue side by side, wired as main.ts does it. */
export const startParallel = (url: string, prefetch: number, handler: EachHandler): Promise<NestFastifyApplication> =>
  start(url, { controller: WorkController, handler, strategy: (consumers) => consumers.eachMessage(WORK, prefetch) });

/** The same of the queue of what was parked, where messages may be anything. */
export const startRaw = (url: string, prefetch: number, handler: RawHandler): Promise<NestFastifyApplication> =>
  start(url, {
    controller: LastController,
    handler,
    strategy: (consumers) => consumers.eachRawMessage(LAST, prefetch),
  });

interface Consuming {
  controller: Type;
  handler: EachHandler | RawHandler;
  strategy: (consumers: Consumers) => CustomTransportStrategy;
}

async function start(url: string, { controller, handler, strategy }: Consuming): Promise<NestFastifyApplication> {
  const service = 'parallel';
  const module = {
    module: WorkModule,
    imports: [ObservabilityModule.forRoot({ service, logger: silent }), MessagingModule.forRoot({ url, service })],
    controllers: [controller],
    providers: [{ provide: HANDLER, useValue: handler }],
  };
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
  app.connectMicroservice({ strategy: strategy(app.get(Consumers)) });
  await app.init();
  await app.startAllMicroservices();
  return app;
}
