import { Module, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import type { Clock } from '#kernel';
import { type Logger, LOGGER, Metrics } from '#observability';
import { CLOCK, CONFIG, type Config } from '../config.js';
import { WriteBreaker } from './breaker/write-breaker.js';
import { PartnerApi } from './calls/partner-api.js';
import { PartnerHttp } from './calls/partner-http.js';
import { PartnerController } from './partner.controller.js';
import { PartnerService } from './partner.service.js';

@Module({
  controllers: [PartnerController],
  providers: [
    {
      provide: PartnerHttp,
      inject: [CONFIG, CLOCK, Metrics, LOGGER],
      useFactory: (config: Config, clock: Clock, metrics: Metrics, logger: Logger) =>
        new PartnerHttp(
          {
            url: config.PARTNER_API_URL,
            timeoutMs: config.PARTNER_TIMEOUT_MS,
            connections: config.PARTNER_CONNECTIONS,
          },
          clock,
          metrics,
          logger,
        ),
    },
    { provide: PartnerApi, inject: [PartnerHttp], useFactory: (http: PartnerHttp) => new PartnerApi(http) },
    {
      provide: WriteBreaker,
      inject: [PartnerApi, CLOCK, Metrics, LOGGER],
      // A read, for a probe must write nothing; and the one whose answer is known to be sane.
      useFactory: (api: PartnerApi, clock: Clock, metrics: Metrics, logger: Logger) =>
        new WriteBreaker((signal) => api.getUsers(signal), clock, metrics, logger),
    },
    PartnerService,
  ],
})
export class PartnerModule implements OnModuleDestroy, OnApplicationShutdown {
  constructor(
    private readonly breaker: WriteBreaker,
    private readonly http: PartnerHttp,
  ) {}

  onModuleDestroy(): void {
    this.breaker.stop();
  }

  /** Requests in flight are finished by now. */
  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }
}
