import 'reflect-metadata';
import { readConfig } from './config.js';
import { createEventService } from './event-service.js';

const config = readConfig(process.env);
const app = await createEventService(config);
await app.listen(config.PORT, config.HOST);
