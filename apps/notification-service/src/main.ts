import 'reflect-metadata';
import { readConfig } from './config.js';
import { createNotificationService } from './notification-service.js';

const config = readConfig(process.env);
const app = await createNotificationService(config);
await app.listen(config.PORT, config.HOST);
