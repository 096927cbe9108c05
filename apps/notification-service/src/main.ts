import 'reflect-metadata';
import { createHttpApp } from '#http';
import { Consumers } from '#messaging';
import { createLogger } from '#observability';
import { AppModule, SERVICE } from './app.module.js';
import { httpSettingsOf, readConfig } from './config.js';
import { SocketServerAdapter } from './realtime/socket-server.adapter.js';

const config = readConfig(process.env);
const logger = createLogger({ service: SERVICE, level: config.LOG_LEVEL });
const app = await createHttpApp(AppModule.forRoot(config, logger), { settings: httpSettingsOf(config), logger });
app.useWebSocketAdapter(new SocketServerAdapter(app, config.CORS_ORIGINS));
app.connectMicroservice({ strategy: app.get(Consumers).orderedBatches('notification-service.intake.v1') });
await app.startAllMicroservices();
await app.listen(config.PORT, '0.0.0.0');
logger.info({ port: config.PORT, url: config.PUBLIC_URL }, 'service.listening');
