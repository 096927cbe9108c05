import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '#contracts';
import { newId } from '#kernel';
import { createVirtualHost, deleteVirtualHost, findFreePorts } from '#local-stack';
import { ServiceProcess } from './service-process.js';
import { Session, type ServiceUrls } from './session.js';

export interface RunningSystemOptions {
  /** A replica set; the run's own where it is missing. */
  mongodbUri?: string;
  /** A broker or virtual host of one's own; a new virtual host of the run's broker where it is missing. */
  rabbitmqUrl?: string;
  /** How many processes of each service. */
  eventServices?: number;
  notificationServices?: number;
  /** Settings beyond those that tests need. */
  environment?: NodeJS.ProcessEnv;
}

/** As which notification-service calls event-service. */
const IDENTITY = { SERVICE_CLIENT_ID: newId(), SERVICE_CLIENT_SECRET: `${newId()}${newId()}` };
const ADMIN = { ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'Correct-Horse-1' };

/** Usher as a whole, each service in processes of its own over real MongoDB and RabbitMQ. Run the build first. */
export class RunningSystem {
  private readonly sessions: Session[] = [];

  private constructor(
    readonly eventServices: readonly ServiceProcess[],
    readonly notificationServices: readonly ServiceProcess[],
    readonly databases: { uri: string; events: string; notifications: string },
    readonly rabbitmqUrl: string,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  /** Starts everything and waits until it is ready. */
  static async start(options: RunningSystemOptions = {}): Promise<RunningSystem> {
    const { eventServices = 1, notificationServices = 1 } = options;
    const name = `t_${newId()}`;
    const folder = await mkdtemp(join(tmpdir(), 'usher-system-'));
    const broker = {
      url: process.env['USHER_TEST_RABBITMQ_URL'] ?? '',
      managementUrl: process.env['USHER_TEST_RABBITMQ_MANAGEMENT_URL'],
    };
    const uri = options.mongodbUri ?? process.env['USHER_TEST_MONGODB_URI'] ?? '';
    const rabbitmqUrl = options.rabbitmqUrl ?? (await createVirtualHost(broker, name));
    const firstPort = await findFreePorts(eventServices + notificationServices);
    const common = {
      MONGODB_URI: uri,
      RABBITMQ_URL: rabbitmqUrl,
      LOGIN_LIMIT_PER_MINUTE: '100000',
      RATE_LIMIT_PER_10S: '1000000',
      BCRYPT_ROUNDS: '4',
      ...ADMIN,
      ...IDENTITY,
      ...options.environment,
    };
    const databases = { uri, events: `${name}_events`, notifications: `${name}_notifications` };
    const events = Array.from({ length: eventServices }, (_, index) => {
      const files = {
        SIGNING_KEY_FILE: join(folder, 'signing-key.pem'),
        ATTACHMENTS_DIR: join(folder, 'attachments'),
      };
      const own = { MONGODB_DATABASE: databases.events, ...files };
      return new ServiceProcess('event-service', firstPort + index, { ...common, ...own });
    });
    const notifications = Array.from({ length: notificationServices }, (_, index) => {
      const eventService = `http://127.0.0.1:${firstPort}`;
      const own = {
        MONGODB_DATABASE: databases.notifications,
        JWKS_URL: `${eventService}/.well-known/jwks.json`,
        EVENT_SERVICE_URL: eventService,
        WEBHOOK_ALLOW_PRIVATE: 'true',
      };
      return new ServiceProcess('notification-service', firstPort + eventServices + index, { ...common, ...own });
    });
    const system = new RunningSystem(events, notifications, databases, rabbitmqUrl, async () => {
      if (options.rabbitmqUrl === undefined) await deleteVirtualHost(broker, name);
      await rm(folder, { recursive: true, force: true });
    });
    // The first instance makes the signing key that the others read.
    await events[0]?.start();
    await Promise.all([...events.slice(1), ...notifications].map((service) => service.start()));
    return system;
  }

  /** The first instance of each service. */
  get urls(): ServiceUrls {
    return { events: this.eventServices[0]?.url ?? '', notifications: this.notificationServices[0]?.url ?? '' };
  }

  async signUp(username?: string): Promise<Session> {
    const session = await Session.signUp(this.urls, username);
    this.sessions.push(session);
    return session;
  }

  /** A service client with these scopes. */
  async client(...scopes: Scope[]): Promise<Session> {
    const admin = await Session.signIn(this.urls, { username: 'admin', password: ADMIN.ADMIN_PASSWORD });
    return admin.registerClient(...scopes);
  }

  async stop(): Promise<void> {
    for (const session of this.sessions) session.close();
    await Promise.all([...this.eventServices, ...this.notificationServices].map((service) => service.stop()));
    await this.cleanUp();
  }
}
