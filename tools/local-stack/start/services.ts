import { join } from 'node:path';

/** What the stack and the other services look like to a service. */
export interface Surroundings {
  readonly mongodbUri: string;
  readonly rabbitmqUrl: string;
  /** The folder of this run's data. */
  readonly dataDir: string;
  /** As which notification-service calls event-service. */
  readonly serviceClientSecret: string;
  /** The port of a service, by its name. */
  readonly portOf: (service: string) => number;
}

/** One process of Usher, as `npm start` runs it. */
export interface Service {
  readonly name: string;
  /** Built entry file, from the repository's root. */
  readonly entry: string;
  readonly defaultPort: number;
  /** The setting that says where the real thing is: with it, this one is not run. Any other port will do, too. */
  readonly standsInFor?: string;
  /** Settings of this service alone, whatever a shared environment says. */
  own(around: Surroundings): Record<string, string>;
  /** Settings for where the user has set nothing. */
  defaults(around: Surroundings): Record<string, string>;
}

/** The demo account and the administrator; development only, they are printed on the screen. */
export const ACCOUNTS = {
  demo: { username: 'demo', email: 'demo@usher.localhost', password: 'Demo-2026!' },
  admin: { email: 'admin@usher.localhost', password: 'Admin-2026!' },
} as const;

/** The client of that secret; an id like any other. */
const SERVICE_CLIENT_ID = '00000000000000000000c1e7';

/** The partner system’s stand-in. */
export const PARTNER = 'partner-stand-in';

/** That of AdEventsX, to which events are forwarded. */
export const ADEVENTSX = 'adeventsx-stand-in';

/** That of a mail server, which keeps what it is given for everybody to see. */
export const MAILBOX = 'mailbox';
/** Where it takes e-mails; its own port is that of its pages. */
export const MAILBOX_SMTP = 'mailbox-smtp';

/** Every process of Usher. */
export const SERVICES: readonly Service[] = [
  {
    name: 'event-service',
    entry: 'dist/apps/event-service/src/main.js',
    defaultPort: 3000,
    own: (around) => ({ MONGODB_DATABASE: 'usher_events', ...addressOf('event-service', around) }),
    defaults: ({ dataDir, serviceClientSecret, portOf }) => ({
      ...LOOPBACK,
      ...identity(serviceClientSecret),
      ADMIN_EMAIL: ACCOUNTS.admin.email,
      ADMIN_PASSWORD: ACCOUNTS.admin.password,
      SIGNING_KEY_FILE: join(dataDir, 'signing-key.pem'),
      ATTACHMENTS_DIR: join(dataDir, 'attachments'),
      PARTNER_API_URL: `http://127.0.0.1:${portOf(PARTNER)}`,
    }),
  },
  {
    name: 'notification-service',
    entry: 'dist/apps/notification-service/src/main.js',
    defaultPort: 3001,
    own: (around) => ({ MONGODB_DATABASE: 'usher_notifications', ...addressOf('notification-service', around) }),
    defaults: ({ serviceClientSecret, portOf }) => ({
      ...LOOPBACK,
      ...identity(serviceClientSecret),
      EVENT_SERVICE_URL: `http://127.0.0.1:${portOf('event-service')}`,
      JWKS_URL: `http://127.0.0.1:${portOf('event-service')}/.well-known/jwks.json`,
      WEBHOOK_ALLOW_PRIVATE: 'true',
      ADEVENTSX_URL: `http://127.0.0.1:${portOf(ADEVENTSX)}/events`,
      EVENT_PAGE_URL: `http://localhost:${portOf('event-service')}/v1/events/{id}`,
      SMTP_URL: `smtp://127.0.0.1:${portOf(MAILBOX_SMTP)}`,
    }),
  },
  {
    name: PARTNER,
    entry: 'dist/tools/local-stack/partner/main.js',
    defaultPort: 3010,
    standsInFor: 'PARTNER_API_URL',
    own: ({ portOf }) => ({ PORT: String(portOf(PARTNER)) }),
    defaults: () => LOOPBACK,
  },
  {
    name: ADEVENTSX,
    entry: 'dist/tools/local-stack/adeventsx/main.js',
    defaultPort: 3011,
    standsInFor: 'ADEVENTSX_URL',
    own: ({ portOf }) => ({ PORT: String(portOf(ADEVENTSX)) }),
    defaults: () => LOOPBACK,
  },
  {
    name: MAILBOX,
    entry: 'dist/tools/local-stack/mailbox/main.js',
    defaultPort: 3012,
    standsInFor: 'SMTP_URL',
    own: ({ portOf }) => ({ PORT: String(portOf(MAILBOX)), SMTP_PORT: String(portOf(MAILBOX_SMTP)) }),
    defaults: () => LOOPBACK,
  },
];

/** The demo passwords are known to everyone: nobody beyond this machine gets to use them unless the user says so. */
const LOOPBACK = { HOST: '127.0.0.1' };

const identity = (secret: string) => ({ SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET: secret });

const addressOf = (service: string, { portOf }: Surroundings) => ({
  PORT: String(portOf(service)),
  PUBLIC_URL: `http://localhost:${portOf(service)}`,
});

/** Those to run: a stand-in only where the user has not said where the real thing is, to whichever service. */
export const servicesToRun = (env: NodeJS.ProcessEnv): readonly Service[] =>
  SERVICES.filter(({ standsInFor: setting }) => {
    if (setting === undefined) return true;
    return !['', ...SERVICES.map(({ name }) => prefixOf(name))].some((prefix) => env[`${prefix}${setting}`]);
  });

/** EVENT_SERVICE_ for event-service: `EVENT_SERVICE_PORT` is the PORT of that service alone. */
const prefixOf = (service: string): string => `${service.toUpperCase().replaceAll('-', '_')}_`;

/** The setting that moves a service. */
export const portVariableOf = ({ name }: Service): string => `${prefixOf(name)}PORT`;

/** The port of a service: `<SERVICE>_PORT` or its default. @throws {Error} when that is not a port. */
export function portOf(service: Service, env: NodeJS.ProcessEnv): number {
  const variable = portVariableOf(service);
  const wanted = env[variable]?.trim();
  const port = wanted ? Number(wanted) : service.defaultPort;
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`${variable} must be a port from 1 to 65535, not "${wanted}"`);
}

/**
 * The environment of a service: the user's, completed. A variable with the service's prefix is for it alone and wins;
 * PORT, PUBLIC_URL and MONGODB_DATABASE count only with the prefix, for no two services can share them.
 */
export function environmentOf(service: Service, around: Surroundings, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const prefix = prefixOf(service.name);
  const set = Object.entries(env).flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : []));
  const prefixed = set
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]): [string, string] => [name.slice(prefix.length), value]);
  return {
    ...service.defaults(around),
    ...Object.fromEntries(set),
    MONGODB_URI: around.mongodbUri,
    RABBITMQ_URL: around.rabbitmqUrl,
    ...service.own(around),
    ...Object.fromEntries(prefixed),
  };
}
