import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp } from '#http';
import { createLogger } from '#observability';
import { API } from './api.js';
import { AppModule, SERVICE } from './app.module.js';
import { loadSigningKey } from './auth/signing-key-file.js';
import { type Config, httpSettingsOf } from './config.js';

/** event-service, ready to listen. */
export async function createEventService(config: Config): Promise<NestFastifyApplication> {
  const logger = createLogger({ service: SERVICE, level: config.LOG_LEVEL });
  const signingKey = await loadSigningKey(config);
  const module = AppModule.forRoot(config, { signingKey, logger });
  return createHttpApp(module, { settings: httpSettingsOf(config), logger, api: API });
}
