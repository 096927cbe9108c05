import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp, httpSettingsOf } from '#http';
import { Consumers } from '#messaging';
import { createLogger } from '#observability';
import { API } from './api.js';
import { AppModule, SERVICE } from './app.module.js';
import type { Config } from './config.js';
import { FILED_AT_ONCE, LAST_QUEUES } from './dead-letters/messages/last-queues.js';
import { QUEUES } from './delivery/dispatch/delivery-queue.js';
import { SocketServerAdapter } from './realtime/socket-server.adapter.js';

/** Per instance and channel; each destination has far fewer (`Slots`). */
const DELIVERIES_AT_ONCE = 1_000;

/** notification-service, ready to listen; its intake is taking in already. */
export async function createNotificationService(config: Config): Promise<NestFastifyApplication> {
  const logger = createLogger({ service: SERVICE, level: config.LOG_LEVEL });
  const app = await createHttpApp(AppModule.forRoot(config, logger), {
    settings: httpSettingsOf(config),
    logger,
    api: API,
  });
  app.useWebSocketAdapter(new SocketServerAdapter(app, config.CORS_ORIGINS));
  app.connectMicroservice({ strategy: app.get(Consumers).orderedBatches('notification-service.intake.v1') });
  for (const queue of Object.values(QUEUES))
    app.connectMicroservice({ strategy: app.get(Consumers).eachMessage(queue, DELIVERIES_AT_ONCE) });
  for (const queue of LAST_QUEUES)
    app.connectMicroservice({ strategy: app.get(Consumers).eachRawMessage(queue, FILED_AT_ONCE) });
  // The indexes exist from here on; intake relies on those that make an event unique.
  await app.init();
  await app.startAllMicroservices();
  return app;
}
