import { SigningKey } from '#auth';
import { createLogger } from '#observability';
import { API as EVENT_SERVICE } from '../../apps/event-service/src/api.js';
import { AppModule as EventService } from '../../apps/event-service/src/app.module.js';
import { readConfig as readEventServiceConfig } from '../../apps/event-service/src/config.js';
import { API as NOTIFICATION_SERVICE } from '../../apps/notification-service/src/api.js';
import { AppModule as NotificationService } from '../../apps/notification-service/src/app.module.js';
import { buildAsyncApi } from '../../apps/notification-service/src/asyncapi/asyncapi.js';
import { readConfig as readNotificationServiceConfig } from '../../apps/notification-service/src/config.js';
import { openApiOf } from './openapi.js';

const silent = createLogger({ service: 'tools/api', level: 'silent' });

/** The committed API documents by file name, each as the code makes it where nothing is set in the environment. */
export const DOCUMENTS: Readonly<Record<string, () => Promise<object>>> = {
  'event-service.openapi.json': async () => {
    const config = readEventServiceConfig({});
    const signingKey = await SigningKey.fromPem(SigningKey.newPem());
    return openApiOf(EventService.forRoot(config, { signingKey, logger: silent }), EVENT_SERVICE, config.PUBLIC_URL);
  },
  'notification-service.openapi.json': async () => {
    const config = readNotificationServiceConfig({});
    return openApiOf(NotificationService.forRoot(config, silent), NOTIFICATION_SERVICE, config.PUBLIC_URL);
  },
  'notification-service.asyncapi.json': async () => buildAsyncApi(readNotificationServiceConfig({}).PUBLIC_URL),
};

/** A document as its file holds it. */
export const printed = async (build: () => Promise<object>): Promise<string> =>
  `${JSON.stringify(await build(), null, 2)}\n`;
