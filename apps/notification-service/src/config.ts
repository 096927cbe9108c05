import { z } from 'zod';
import { commonSettings, isWholeIdentity, readSettings, serviceClientSettings, wholeNumber } from '#http';

/** Every setting of notification-service, by its name in the environment. */
export const settingsSchema = z
  .object({
    ...commonSettings,
    ...serviceClientSettings,
    PORT: commonSettings.PORT.default(3001),
    PUBLIC_URL: commonSettings.PUBLIC_URL.default('http://localhost:3001'),
    MONGODB_DATABASE: commonSettings.MONGODB_DATABASE.default('usher_notifications'),
    JWKS_URL: z
      .url({ protocol: /^https?$/ })
      .default('http://127.0.0.1:3000/.well-known/jwks.json')
      .describe('Where event-service publishes the keys that access tokens are checked with'),
    EVENT_SERVICE_URL: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .refine((url) => /^https?:\/\/[^@?#]+$/i.test(url), 'must have no credentials, query or fragment')
      .transform((url) => url.replace(/\/+$/, ''))
      .default('http://127.0.0.1:3000')
      .describe('Where event-service is asked for what e-mails and push messages need; with SERVICE_CLIENT_ID'),
    EVENT_SERVICE_TIMEOUT_MS: wholeNumber(1, 60_000)
      .default(3_000)
      .describe('How long event-service may take to answer one call'),
    SMTP_URL: z
      .url({ protocol: /^smtps?$/, error: 'must be an smtp or smtps URL' })
      .optional()
      .describe(
        'The mail server, with user and password where it asks for them; without it, or without SERVICE_CLIENT_ID, no e-mail is sent',
      ),
    MAIL_FROM: z
      .string()
      .regex(
        /^(?:[^<>@\r\n"]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/,
        'must be an address, such as Usher <usher@example.org>',
      )
      .default('Usher <usher@localhost>')
      .describe('Who e-mails are from'),
    EVENT_PAGE_URL: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .default('http://localhost:3000/v1/events/{id}')
      .describe('Where the readers of an e-mail look at an event; `{id}` stands for its id'),
    NOTIFICATION_RETENTION_DAYS: z.coerce
      .number()
      .int()
      .min(1)
      .max(3_650)
      .default(90)
      .describe('After how many days a notification is forgotten'),
    ENCRYPTION_KEY: z
      .base64('must be 32 bytes in base64')
      .length(44, 'must be 32 bytes in base64')
      .optional()
      .describe(
        'What secrets are encrypted with in the database, and links in e-mails signed with: 32 random bytes in base64',
      ),
    EVENTBRIDGE_ENDPOINT: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .optional()
      .describe('Where EventBridge is reached, if not at the address of the bus’s region: a VPC endpoint, a stand-in'),
    WEBHOOK_ALLOW_PRIVATE: z
      .stringbool({ truthy: ['true'], falsy: ['false'], error: 'must be true or false' })
      .default(false)
      .describe('Whether webhooks may be sent to private addresses, and in production over http; for development'),
    ADEVENTSX_URL: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .refine((url) => /^https?:\/\/[^@#]+$/i.test(url), 'must have no credentials and no fragment')
      .optional()
      .describe('Where AdEventsX takes events; without it POST /v1/forwarders/adeventsx/events answers with 503'),
  })
  .refine(({ NODE_ENV, ENCRYPTION_KEY }) => NODE_ENV !== 'production' || ENCRYPTION_KEY !== undefined, {
    path: ['ENCRYPTION_KEY'],
    error: 'must be set in production',
  })
  .refine(isWholeIdentity, {
    path: ['SERVICE_CLIENT_SECRET'],
    error: 'must be set together with SERVICE_CLIENT_ID',
  });

export type Config = z.infer<typeof settingsSchema>;

/** Injection tokens of the settings and of the clock. */
export const CONFIG = Symbol('CONFIG');
export const CLOCK = Symbol('CLOCK');

/** Throws one error that names every wrong setting and what it should be. */
export const readConfig = (environment: NodeJS.ProcessEnv): Config => readSettings(settingsSchema, environment);
