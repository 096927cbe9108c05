import { Controller, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ObservabilityModule } from '#observability';
import { Consumers, type Delivery, EachMessage, MessagingModule } from '../src/index.js';
import { silent } from './broker.js';

export const WORK = 'notification-service.delivery.webhook.v1';
export type EachHandler = (message: Delivery) => Promise<void>;
const HANDLER = Symbol('HANDLER');

@Controller()
class WorkController {
  constructor(@Inject(HANDLER) private readonly handler: EachHandler) {}

  @EachMessage(WORK)
  async take(message: Delivery): Promise<void> {
    await this.handler(message);
  }
}

@Module({})
class WorkModule {}

/** A service that consumes a queue side by side, wired as main.ts does it. */
export async function startParallel(
  url: string,
  prefetch: number,
  handler: EachHandler,
): Promise<NestFastifyApplication> {
  const service = 'parallel';
  const module = {
    module: WorkModule,
    imports: [ObservabilityModule.forRoot({ service, logger: silent }), MessagingModule.forRoot({ url, service })],
    controllers: [WorkController],
    providers: [{ provide: HANDLER, useValue: handler }],
  };
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
  app.connectMicroservice({ strategy: app.get(Consumers).eachMessage(WORK, prefetch) });
  await app.init();
  await app.startAllMicroservices();
  return app;
}
