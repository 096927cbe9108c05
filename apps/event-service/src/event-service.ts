import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp } from '#http';
import { Consumers } from '#messaging';
import { createLogger } from '#observability';
import { API } from './api.js';
import { AppModule, SERVICE } from './app.module.js';
import { loadSigningKey } from './auth/signing-key-file.js';
import { type Config, httpSettingsOf } from './config.js';

/** event-service, ready to listen; it reacts to its own log already. */
export async function createEventService(config: Config): Promise<NestFastifyApplication> {
  const logger = createLogger({ service: SERVICE, level: config.LOG_LEVEL });
  const signingKey = await loadSigningKey(config);
  const module = AppModule.forRoot(config, { signingKey, logger });
  const app = await createHttpApp(module, { settings: httpSettingsOf(config), logger, api: API });
  app.connectMicroservice({ strategy: app.get(Consumers).orderedBatches('event-service.workflows.v1') });
  // The features have registered what they react to from here on, and the indexes exist.
  await app.init();
  await app.startAllMicroservices();
  return app;
}
