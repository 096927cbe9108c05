import { z } from 'zod';
import {
  commonSettings,
  httpSettingsOf as commonHttpSettingsOf,
  type HttpSettings,
  isWholeIdentity,
  readSettings,
  serviceClientSettings,
  wholeNumber,
} from '#http';
import { emailSchema, passwordSchema } from './users/credentials.js';

/** What attachments on S3 need; all of it or none. */
const S3_ACCESS = ['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;

/** Every setting of event-service, by its name in the environment. */
export const settingsSchema = z
  .object({
    ...commonSettings,
    ...serviceClientSettings,
    PORT: commonSettings.PORT.default(3000),
    PUBLIC_URL: commonSettings.PUBLIC_URL.default('http://localhost:3000'),
    MONGODB_DATABASE: commonSettings.MONGODB_DATABASE.default('usher_events'),
    BCRYPT_ROUNDS: wholeNumber(4, 15).default(10).describe('Cost of a password hash; one more doubles it'),
    LOGIN_LIMIT_PER_MINUTE: wholeNumber(1)
      .default(5)
      .describe('Login attempts a minute, for each address and for each account, over all instances'),
    BOOKING_QUEUE_LIMIT: wholeNumber(1, 100_000)
      .default(5_000)
      .describe('Bookings that may wait for one event in each instance; more are answered with 503'),
    REMINDERS_BEFORE: z
      .string()
      .default('24h,1h')
      .transform((list) => (list === 'none' ? [] : list.split(',').map((duration) => duration.trim())))
      .pipe(
        z
          .array(z.string().regex(/^[1-9]\d{0,3}[mhd]$/, 'must be times such as 90m, 24h or 7d'))
          .max(5, 'must be five at most'),
      )
      .describe('How long before it begins people are reminded of an event: up to five of 90m, 24h, 7d …, or none'),
    ADMIN_EMAIL: emailSchema.optional().describe('Address of the admin account that is made at the first start'),
    ADMIN_PASSWORD: passwordSchema.optional().describe('Its password; the same rules as for everybody'),
    SIGNING_KEY: z
      .string()
      .transform((pem) => pem.replaceAll('\\n', '\n'))
      .pipe(z.string().includes('PRIVATE KEY-----', 'must be a private RSA key in PEM'))
      .optional()
      .describe('The private RSA key that signs access tokens, in PEM; \\n may stand for line breaks'),
    SIGNING_KEY_FILE: z
      .string()
      .default('.usher/signing-key.pem')
      .describe('Where the key is read from without SIGNING_KEY, and kept when one is made (never in production)'),
    ATTACHMENTS_DIR: z
      .string()
      .default('.usher/attachments')
      .describe('The folder where attachments arrive and, without S3_BUCKET, stay'),
    S3_BUCKET: z.string().optional().describe('The bucket for attachments; without it they stay on the disk'),
    S3_ACCESS_KEY_ID: z.string().optional().describe('The key to the bucket'),
    S3_SECRET_ACCESS_KEY: z.string().optional().describe('Its secret'),
    S3_REGION: z.string().default('us-east-1').describe('The region of the bucket'),
    S3_ENDPOINT: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .optional()
      .describe('What speaks S3 instead of AWS; downloads are redirected there, so clients must reach it too'),
    S3_FORCE_PATH_STYLE: z
      .stringbool({ truthy: ['true'], falsy: ['false'], error: 'must be true or false' })
      .default(false)
      .describe('Whether the bucket is named in the path (true) or in the host (false)'),
    PARTNER_API_URL: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .refine((url) => /^https?:\/\/[^@?#]+$/i.test(url), 'must have no credentials, query or fragment')
      .transform((url) => url.replace(/\/+$/, ''))
      .optional()
      .describe('The partner system; without it /v1/partner answers with 503'),
    PARTNER_TIMEOUT_MS: wholeNumber(1, 60_000)
      .default(3_000)
      .describe('How long one call to the partner may take, its wait for a connection included'),
    PARTNER_DEADLINE_MS: wholeNumber(1, 60_000)
      .default(10_000)
      .describe('How long all the calls of one request may take'),
    PARTNER_CONNECTIONS: wholeNumber(1, 1_000)
      .default(50)
      .describe('Calls to the partner that each instance has under way at most; others wait for their turn'),
  })
  .refine(({ ADMIN_EMAIL, ADMIN_PASSWORD }) => (ADMIN_EMAIL === undefined) === (ADMIN_PASSWORD === undefined), {
    path: ['ADMIN_PASSWORD'],
    error: 'must be set together with ADMIN_EMAIL',
  })
  .refine(isWholeIdentity, {
    path: ['SERVICE_CLIENT_SECRET'],
    error: 'must be set together with SERVICE_CLIENT_ID',
  })
  .check(({ value, issues }) => {
    const missing = S3_ACCESS.filter((name) => value[name] === undefined);
    if (missing.length === S3_ACCESS.length && value.S3_ENDPOINT === undefined) return;
    const message = 'must be set together with the other S3 settings';
    for (const name of missing) issues.push({ code: 'custom', path: [name], input: value, message });
  });

export type Config = z.infer<typeof settingsSchema>;

/** Injection tokens of the settings and of the clock. */
export const CONFIG = Symbol('CONFIG');
export const CLOCK = Symbol('CLOCK');

/** Throws one error that names every wrong setting and what it should be. */
export const readConfig = (environment: NodeJS.ProcessEnv): Config => readSettings(settingsSchema, environment);

export const httpSettingsOf = (config: Config): HttpSettings => ({
  ...commonHttpSettingsOf(config),
  loginLimitPerMinute: config.LOGIN_LIMIT_PER_MINUTE,
});
