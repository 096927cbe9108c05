import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getConnectionToken } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type ChannelModel, connect } from 'amqplib';
import type { Connection } from 'mongoose';
import { io, type Socket } from 'socket.io-client';
import { SigningKey, TokenIssuer } from '#auth';
import {
  type ClientToServerEvents,
  ENVELOPE_CONTENT_TYPE,
  type Envelope,
  type GapMessage,
  type NotificationMeta,
  type NotificationPayload,
  type ReadyMessage,
  type Scope,
  type ServerToClientEvents,
  type UsherEventType,
} from '#contracts';
import { type Clock, newId, systemClock } from '#kernel';
import { createVirtualHost, deleteVirtualHost } from '#local-stack';
import { EXCHANGES } from '#messaging';
import { readConfig } from '../src/config.js';
import { createNotificationService } from '../src/notification-service.js';
import {
  type BookingAction,
  bookingData,
  type BookingOf,
  changedData,
  type EventBy,
  type Person,
  reminderData,
} from './messages.js';

export type ClientSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** A client that remembers all it was sent. */
export interface Listener {
  socket: ClientSocket;
  ready: ReadyMessage[];
  received: { payload: NotificationPayload; meta: NotificationMeta }[];
  gaps: GapMessage[];
  positions(): number[];
}

/** One or more instances of notification-service over the run's MongoDB and RabbitMQ, with a key set of their own. */
export class TestBed {
  private readonly sockets: ClientSocket[] = [];
  private readonly registered = new Set<string>();

  private constructor(
    readonly instances: readonly NestFastifyApplication[],
    /** Whether event-service's keys can be fetched. */
    readonly keys: { reachable: boolean },
    private readonly issuer: (clock: Clock) => TokenIssuer,
    /** The broker, from outside of the instances. */
    readonly broker: ChannelModel,
    private readonly channel: {
      publish(envelope: Envelope): Promise<void>;
      raw(type: string, body: Buffer): Promise<void>;
    },
    private readonly endings: (() => Promise<unknown>)[],
  ) {}

  /** @param options `through`: where the instances reach the broker, given where it is; `settings`: by their names in the environment. */
  static async start({
    instances = 1,
    keysReachable = true,
    through = (url) => url,
    settings = {},
  }: {
    instances?: number;
    keysReachable?: boolean;
    through?: (url: string) => string;
    settings?: Record<string, string>;
  } = {}): Promise<TestBed> {
    const name = `test_${newId()}`;
    const broker = {
      url: process.env['USHER_TEST_RABBITMQ_URL'] ?? '',
      managementUrl: process.env['USHER_TEST_RABBITMQ_MANAGEMENT_URL'],
    };
    const rabbitmqUrl = await createVirtualHost(broker, name);
    const key = await SigningKey.fromPem(SigningKey.newPem());
    const keys = { reachable: keysReachable };
    const jwks = createServer((_, response) => {
      if (keys.reachable) response.end(JSON.stringify(key.jwks));
      else response.writeHead(503).end();
    });
    await new Promise<void>((resolve) => jwks.listen(0, '127.0.0.1', resolve));
    const config = readConfig({
      PORT: '0',
      MONGODB_URI: process.env['USHER_TEST_MONGODB_URI'],
      MONGODB_DATABASE: name,
      RABBITMQ_URL: through(rabbitmqUrl),
      JWKS_URL: `http://127.0.0.1:${(jwks.address() as AddressInfo).port}/`,
      CORS_ORIGINS: 'https://console.example',
      WEBHOOK_ALLOW_PRIVATE: 'true',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      ...settings,
    });
    const apps: NestFastifyApplication[] = [];
    for (let index = 0; index < instances; index += 1) {
      const app = await createNotificationService(config);
      await app.listen(0, '127.0.0.1');
      apps.push(app);
    }
    const connection = await connect(rabbitmqUrl);
    const channel = await connection.createConfirmChannel();
    const raw = (type: string, body: Buffer): Promise<void> =>
      new Promise((resolve, reject) => {
        const properties = { type, persistent: true, contentType: ENVELOPE_CONTENT_TYPE };
        channel.publish(EXCHANGES.events, type, body, properties, (refused: Error | null) =>
          refused === null ? resolve() : reject(refused),
        );
      });
    const policy = { issuer: config.TOKEN_ISSUER, audience: config.TOKEN_AUDIENCE };
    return new TestBed(
      apps,
      keys,
      (clock) => new TokenIssuer(key, policy, clock),
      connection,
      {
        raw,
        publish: (envelope) => raw(envelope.type, Buffer.from(JSON.stringify(envelope))),
      },
      [
        () => connection.close(),
        () => Promise.all(apps.map((app) => app.close())),
        () => new Promise((resolve) => jwks.close(resolve)),
        () => deleteVirtualHost(broker, name),
      ],
    );
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.close();
    for (const end of this.endings) await end();
  }

  url(instance = 0): string {
    return `http://127.0.0.1:${(this.instances[instance]!.getHttpServer().address() as AddressInfo).port}`;
  }

  async token(who: Person, clock: Clock = systemClock): Promise<string> {
    const { token } = await this.issuer(clock).issue({ ...who, roles: ['user'] });
    return token;
  }

  /** A token of a service client with these scopes. */
  async clientToken(...scopes: Scope[]): Promise<string> {
    const { token } = await this.issuer(systemClock).issue({ id: newId(), username: 'A service', roles: [], scopes });
    return token;
  }

  /** Puts an event on the bus as event-service would. */
  async publish(type: UsherEventType, data: object, id = newId()): Promise<void> {
    await this.channel.publish({
      specversion: '1.0',
      id,
      source: '/event-service',
      type,
      time: new Date().toISOString(),
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      data,
    });
  }

  async publishRaw(type: string, body: Buffer): Promise<void> {
    await this.channel.raw(type, body);
  }

  /** How many messages have been parked, each copy counted. */
  async parked(): Promise<number> {
    const database = this.instances[0]!.get<Connection>(getConnectionToken());
    const messages = await database.collection<{ times: number }>('dead_messages').find({ kind: 'parked' }).toArray();
    return messages.reduce((sum, { times }) => sum + times, 0);
  }

  async register(...people: Person[]): Promise<void> {
    for (const user of people) {
      if (this.registered.has(user.id)) continue;
      this.registered.add(user.id);
      await this.publish('usher.user.registered', { user });
    }
  }

  async changed(action: 'created' | 'updated' | 'canceled' | 'deleted', event: EventBy): Promise<void> {
    await this.publish(`usher.event.${action}`, changedData(event.id, event.by));
  }

  async booked(action: BookingAction, booking: BookingOf, id?: string): Promise<void> {
    await this.publish(`usher.booking.${action}`, bookingData(action, booking), id);
  }

  async reminded(event: EventBy): Promise<void> {
    await this.publish('usher.event.reminder', reminderData(event));
  }

  /** Connects and remembers; resolves once `ready` has come. */
  async listen(
    who: Person,
    options: { after?: number; instance?: number; token?: string; reconnection?: boolean } = {},
  ): Promise<Listener> {
    const token = options.token ?? (await this.token(who));
    const socket: ClientSocket = io(this.url(options.instance), {
      auth: { token, ...(options.after === undefined ? {} : { after: options.after }) },
      transports: ['websocket'],
      reconnection: options.reconnection ?? false,
      reconnectionDelay: 100,
      reconnectionDelayMax: 200,
      forceNew: true,
    });
    this.sockets.push(socket);
    const listener: Listener = {
      socket,
      ready: [],
      received: [],
      gaps: [],
      positions: () => listener.received.map(({ meta }) => meta.position),
    };
    socket.on('ready', (message) => listener.ready.push(message));
    socket.on('notification', (payload, meta) => listener.received.push({ payload, meta }));
    socket.on('gap', (message) => listener.gaps.push(message));
    await new Promise<void>((resolve, reject) => {
      socket.once('ready', () => resolve());
      if (options.reconnection !== true) socket.once('connect_error', reject);
    });
    return listener;
  }
}
