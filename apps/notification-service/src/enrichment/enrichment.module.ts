import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '#kernel';
import { type Logger, LOGGER, Metrics } from '#observability';
import { CLOCK, CONFIG, type Config } from '../config.js';
import { Enrichment } from './enrichment.service.js';
import { EventServiceHttp, type EventServiceSettings } from './event-service/event-service-http.js';
import { EventServiceSources } from './sources/event-service-sources.js';

function settingsOf(config: Config): EventServiceSettings {
  const { EVENT_SERVICE_URL: url, SERVICE_CLIENT_ID: id, SERVICE_CLIENT_SECRET: secret } = config;
  const client = id === undefined || secret === undefined ? undefined : { id, secret };
  return { url, client, timeoutMs: config.EVENT_SERVICE_TIMEOUT_MS };
}

/** What messages need beyond what notifications carry. */
@Module({
  providers: [
    {
      provide: EventServiceHttp,
      inject: [CONFIG, CLOCK, Metrics, LOGGER],
      useFactory: (config: Config, clock: Clock, metrics: Metrics, logger: Logger) =>
        new EventServiceHttp(settingsOf(config), clock, metrics, logger),
    },
    EventServiceSources,
    Enrichment,
  ],
  exports: [Enrichment],
})
export class EnrichmentModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly http: EventServiceHttp,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.http.isConfigured) return;
    this.logger.warn({ settings: ['SERVICE_CLIENT_ID', 'SERVICE_CLIENT_SECRET'] }, 'enrichment.off');
  }

  /** Whatever is being delivered has come to an end by now. */
  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }
}
