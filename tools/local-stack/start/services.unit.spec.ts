import { describe, expect, it } from '@jest/globals';
import { environmentOf, portOf, SERVICES, type Service, servicesToRun } from './services.js';

const named = (name: string): Service => {
  const service = SERVICES.find((candidate) => candidate.name === name);
  if (!service) throw new Error(name);
  return service;
};
const PORTS: Record<string, number> = {
  'event-service': 4000,
  'notification-service': 4001,
  'partner-stand-in': 4002,
  'adeventsx-stand-in': 4003,
  mailbox: 4004,
  'mailbox-smtp': 4005,
};
const around = {
  mongodbUri: 'mongodb://127.0.0.1:1/?replicaSet=rs0',
  rabbitmqUrl: 'amqp://127.0.0.1:2',
  dataDir: '/data',
  serviceClientSecret: 'secret',
  portOf: (name: string) => PORTS[name] ?? 0,
};
const environment = (name: string, env: NodeJS.ProcessEnv = {}) => environmentOf(named(name), around, env);

describe('the environment of a service', () => {
  it('tells event-service where everything is and who the administrator is', () => {
    expect(environment('event-service')).toEqual({
      HOST: '127.0.0.1',
      PORT: '4000',
      PUBLIC_URL: 'http://localhost:4000',
      MONGODB_URI: around.mongodbUri,
      MONGODB_DATABASE: 'usher_events',
      RABBITMQ_URL: around.rabbitmqUrl,
      ADMIN_EMAIL: 'admin@usher.localhost',
      ADMIN_PASSWORD: 'Admin-2026!',
      SIGNING_KEY_FILE: '/data/signing-key.pem',
      ATTACHMENTS_DIR: '/data/attachments',
      PARTNER_API_URL: 'http://127.0.0.1:4002',
      SERVICE_CLIENT_ID: expect.stringMatching(/^[0-9a-f]{24}$/),
      SERVICE_CLIENT_SECRET: 'secret',
    });
  });

  it('tells notification-service where the public keys are', () => {
    expect(environment('notification-service')).toMatchObject({
      PORT: '4001',
      MONGODB_DATABASE: 'usher_notifications',
      JWKS_URL: 'http://127.0.0.1:4000/.well-known/jwks.json',
    });
  });

  it('lets notification-service call event-service as the client that event-service makes', () => {
    const { EVENT_SERVICE_URL, ...settings } = environment('notification-service');
    expect(EVENT_SERVICE_URL).toBe('http://127.0.0.1:4000');
    const { SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET } = environment('event-service');
    expect(settings).toMatchObject({ SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET });
  });

  it('leaves what the user has set, and takes an empty value for none', () => {
    expect(
      environment('event-service', { ADMIN_EMAIL: 'me@example.org', ADMIN_PASSWORD: '', LOG_LEVEL: 'debug' }),
    ).toMatchObject({ ADMIN_EMAIL: 'me@example.org', ADMIN_PASSWORD: 'Admin-2026!', LOG_LEVEL: 'debug' });
  });

  it('does not let one PORT or database be given to two services, but one to each', () => {
    const env = { PORT: '9', MONGODB_DATABASE: 'both', EVENT_SERVICE_MONGODB_DATABASE: 'mine' };
    expect(environment('event-service', env)).toMatchObject({ PORT: '4000', MONGODB_DATABASE: 'mine' });
    expect(environment('notification-service', env)).toMatchObject({ MONGODB_DATABASE: 'usher_notifications' });
  });
});

describe('a stand-in', () => {
  const run = (env: NodeJS.ProcessEnv) => servicesToRun(env).map(({ name }) => name);
  const own = ['event-service', 'notification-service'];
  const standIns = ['partner-stand-in', 'adeventsx-stand-in', 'mailbox'];

  it('is run where nobody has said where the real thing is', () => {
    expect(run({})).toEqual([...own, ...standIns]);
    expect(run({ PARTNER_API_URL: '', ADEVENTSX_URL: '', SMTP_URL: '' })).toEqual([...own, ...standIns]);
    expect(environment('partner-stand-in')).toMatchObject({ HOST: '127.0.0.1', PORT: '4002' });
    expect(environment('notification-service')).toMatchObject({
      ADEVENTSX_URL: 'http://127.0.0.1:4003/events',
      SMTP_URL: 'smtp://127.0.0.1:4005',
    });
    expect(environment('mailbox')).toMatchObject({ HOST: '127.0.0.1', PORT: '4004', SMTP_PORT: '4005' });
  });

  it.each([
    ['PARTNER_API_URL', 'event-service', 'partner-stand-in'],
    ['EVENT_SERVICE_PARTNER_API_URL', 'event-service', 'partner-stand-in'],
    ['ADEVENTSX_URL', 'notification-service', 'adeventsx-stand-in'],
    ['NOTIFICATION_SERVICE_ADEVENTSX_URL', 'notification-service', 'adeventsx-stand-in'],
    ['SMTP_URL', 'notification-service', 'mailbox'],
  ])('is not run beside %s', (name, service, standIn) => {
    const env = { [name]: 'https://elsewhere.example/in' };
    expect(run(env)).toEqual([...own, ...standIns.filter((other) => other !== standIn)]);
    expect(Object.values(environment(service, env))).toContain('https://elsewhere.example/in');
  });
});

describe('the port of a service', () => {
  it('is its own setting or its default', () => {
    expect(portOf(named('event-service'), {})).toBe(3000);
    expect(portOf(named('notification-service'), { NOTIFICATION_SERVICE_PORT: '4711' })).toBe(4711);
  });

  it.each(['abc', '0', '70000', '30.5'])('cannot be %s', (value) => {
    expect(() => portOf(named('event-service'), { EVENT_SERVICE_PORT: value })).toThrow(
      `EVENT_SERVICE_PORT must be a port from 1 to 65535, not "${value}"`,
    );
  });
});
