import { z } from 'zod';
import { ID_PATTERN } from '#kernel';

/** A setting that is a whole number. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const message =
    max === Number.MAX_SAFE_INTEGER
      ? `must be a whole number of at least ${min}`
      : `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.int(message).min(min, message).max(max, message));
}

/** What every HTTP service of Usher can be told, by the names of the environment. Each service's `config.ts` spreads it into its own schema. */
export const commonSettings = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('development, test or production'),
  PORT: wholeNumber(0, 65_535).describe('The port to listen on; 0 takes any free one'),
  HOST: z.string().min(1).default('0.0.0.0').describe('The address to listen on; 127.0.0.1 is for this machine only'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .describe('How clients reach this service, without a path; it appears in links and problem types'),
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, 'must be a mongodb:// URI')
    .default('mongodb://127.0.0.1:27017/?replicaSet=rs0')
    .describe('The MongoDB replica set'),
  MONGODB_DATABASE: z.string().min(1).max(63).describe("This service's own database"),
  RABBITMQ_URL: z
    .string()
    .regex(/^amqps?:\/\//, 'must be an amqp:// URL')
    .default('amqp://guest:guest@127.0.0.1:5672')
    .describe('The RabbitMQ broker'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('fatal, error, warn, info, debug, trace or silent'),
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ''),
    )
    .pipe(z.array(z.string().regex(/^https?:\/\/[^/\s]+$/, 'must be origins such as https://console.example')))
    .describe('Browser origins that may call, separated by commas; for HTTP and for sockets'),
  TRUST_PROXY: wholeNumber(0, 10)
    .default(0)
    .describe('How many proxies in front to believe about the caller’s address'),
  RATE_LIMIT_PER_10S: wholeNumber(1)
    .default(1_000)
    .describe('Requests in 10 s that one caller may make, over all instances'),
  TOKEN_ISSUER: z.string().min(1).default('usher').describe('`iss` of access tokens; the same for both services'),
  TOKEN_AUDIENCE: z.string().min(1).default('usher').describe('`aud` of access tokens; the same for both services'),
};

/** The identity of one service before another, by the names of the environment: both are given the same, or neither. */
export const serviceClientSettings = {
  SERVICE_CLIENT_ID: z
    .string()
    .regex(ID_PATTERN, 'must be 24 hexadecimal digits')
    .optional()
    .describe('The service client as which notification-service calls event-service, which makes it at its start'),
  SERVICE_CLIENT_SECRET: z
    .string()
    .min(32, 'must be 32 characters or more')
    .max(256, 'must be 256 characters or fewer')
    .optional()
    .describe('Its secret, as random as a key; the same for both services'),
};

/** For `refine`: whether an identity is given whole or not at all. */
export const isWholeIdentity = (settings: {
  SERVICE_CLIENT_ID?: string | undefined;
  SERVICE_CLIENT_SECRET?: string | undefined;
}): boolean => (settings.SERVICE_CLIENT_ID === undefined) === (settings.SERVICE_CLIENT_SECRET === undefined);

type CommonSettings = { [N in keyof typeof commonSettings]: z.infer<(typeof commonSettings)[N]> };

/** What `libs/http` needs of a service's settings. */
export interface HttpSettings {
  publicUrl: string;
  corsOrigins: readonly string[];
  /** Hop count; 0 believes no `X-Forwarded-For`. */
  trustProxy: number;
  rateLimitPer10s: number;
  /** Only where there are passwords to guess. */
  loginLimitPerMinute?: number;
}

export const httpSettingsOf = (settings: CommonSettings): HttpSettings => ({
  publicUrl: settings.PUBLIC_URL,
  corsOrigins: settings.CORS_ORIGINS,
  trustProxy: settings.TRUST_PROXY,
  rateLimitPer10s: settings.RATE_LIMIT_PER_10S,
});

/**
 * Reads settings from `environment` by a schema; empty strings count as missing. Throws one Error that names every
 * wrong setting and what it should be.
 */
export function readSettings<S extends z.ZodObject>(schema: S, environment: NodeJS.ProcessEnv): z.infer<S> {
  const present = Object.entries(environment).filter(([name, value]) => name in schema.shape && value !== '');
  const result = schema.safeParse(Object.fromEntries(present));
  if (result.success) return result.data;
  const complaints = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const description = descriptionOf(schema.shape[name]);
    return `  ${name}: ${issue.message}${description === undefined ? '' : ` (${description})`}`;
  });
  throw new Error(`Wrong settings in the environment:\n${complaints.join('\n')}`);
}

/** What a setting is for; a default or a pipe around it does not hide it. */
export function descriptionOf(setting: unknown): string | undefined {
  const { description, def } = setting as { description?: string; def?: { innerType?: unknown; in?: unknown } };
  const inner = def?.innerType ?? def?.in;
  return description ?? (inner === undefined ? undefined : descriptionOf(inner));
}
