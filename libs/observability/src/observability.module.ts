import { type DynamicModule, Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { HealthProbes } from './health.js';
import { type Logger } from './logger.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';

/** Injection token of the process's pino logger. */
export const LOGGER = Symbol('LOGGER');

/** Logger, metrics and health for one service: `GET /health/live`, `GET /health/ready`, `GET /metrics`. */
@Module({})
export class ObservabilityModule {
  static forRoot(options: { service: string; logger: Logger }): DynamicModule {
    return {
      module: ObservabilityModule,
      global: true,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: LOGGER, useValue: options.logger },
        { provide: Metrics, useValue: new Metrics(options.service) },
        HealthProbes,
      ],
      exports: [LOGGER, Metrics, HealthProbes],
    };
  }
}
