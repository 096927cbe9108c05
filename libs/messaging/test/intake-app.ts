import { Controller, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ObservabilityModule } from '#observability';
import { Consumers, type Delivery, MessagingModule, OrderedBatches } from '../src/index.js';
import { silent } from './broker.js';

export const INTAKE = 'notification-service.intake.v1';
export type Handler = (batch: readonly Delivery[]) => Promise<void>;
const HANDLER = Symbol('HANDLER');

@Controller()
class IntakeController {
  constructor(@Inject(HANDLER) private readonly handler: Handler) {}

  @OrderedBatches(INTAKE)
  async take(batch: readonly Delivery[]): Promise<void> {
    await this.handler(batch);
  }
}

@Module({})
class IntakeModule {}

/** A service that consumes the intake queue, wired as main.ts does it. */
export async function startIntake(url: string, handler: Handler, service = 'intake'): Promise<NestFastifyApplication> {
  const module = {
    module: IntakeModule,
    imports: [ObservabilityModule.forRoot({ service, logger: silent }), MessagingModule.forRoot({ url, service })],
    controllers: [IntakeController],
    providers: [{ provide: HANDLER, useValue: handler }],
  };
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
  app.connectMicroservice({ strategy: app.get(Consumers).orderedBatches(INTAKE) });
  await app.init();
  await app.startAllMicroservices();
  return app;
}
