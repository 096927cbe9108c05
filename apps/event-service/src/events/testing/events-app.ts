import { getConnectionToken } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Connection } from 'mongoose';
import supertest from 'supertest';
import { type Role, SigningKey, TokenIssuer, TokenModule } from '#auth';
import type { EventResource } from '#contracts';
import { createHttpApp, HttpModule } from '#http';
import { newId } from '#kernel';
import { createLogger, ObservabilityModule } from '#observability';
import { EventLogModule, PersistenceModule } from '#persistence';
import { API } from '../../api.js';
import { CLOCK } from '../../config.js';
import { CompletionSweeper } from '../completion/completion-sweeper.js';
import { EventsModule } from '../events.module.js';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A caller of the application under test. */
export interface Caller {
  id: string;
  username: string;
  token: string;
}

const HOUR_MS = 3_600_000;
const policy = { issuer: 'http://usher.test', audience: 'usher' };

/** The events feature as a real HTTP application on a database of its own, with a clock that the test sets. */
export class EventsApp {
  now = new Date('2026-11-20T10:00:00.000Z');

  private constructor(
    readonly nest: NestFastifyApplication,
    private readonly issuer: TokenIssuer,
    setClock: (read: () => Date) => void,
  ) {
    setClock(() => this.now);
  }

  /** Several on one database are the instances of one service. */
  static async start(database = `test_events_${newId()}`): Promise<EventsApp> {
    const key = await SigningKey.fromPem(SigningKey.newPem());
    const logger = createLogger({ service: 'test', level: process.env['LOG_LEVEL'] ?? 'silent' });
    const clock = { now: () => new Date() };
    const settings = { publicUrl: 'http://usher.test', corsOrigins: [], trustProxy: 0, rateLimitPer10s: 1_000_000 };
    class TestModule {}
    const uri = process.env['USHER_TEST_MONGODB_URI'] ?? '';
    const module = {
      module: TestModule,
      global: true,
      imports: [
        ObservabilityModule.forRoot({ service: 'test', logger }),
        PersistenceModule.forRoot({ uri, database }),
        HttpModule.forRoot(settings),
        TokenModule.forRoot({ keys: key, policy }),
        EventLogModule,
        EventsModule,
      ],
      providers: [{ provide: CLOCK, useValue: clock }],
      exports: [CLOCK],
    };
    const nest = await createHttpApp(module, { settings, logger, api: API });
    await nest.init();
    await nest.getHttpAdapter().getInstance().ready();
    // Tests sweep when they mean to.
    nest.get(CompletionSweeper).start(HOUR_MS);
    return new EventsApp(nest, new TokenIssuer(key, policy), (read) => (clock.now = read));
  }

  get connection(): Connection {
    return this.nest.get<Connection>(getConnectionToken());
  }

  async stop(): Promise<void> {
    await this.connection.dropDatabase();
    await this.nest.close();
  }

  async clear(): Promise<void> {
    for (const name of ['events', 'event_log']) await this.connection.collection(name).deleteMany({});
  }

  async caller(username: string, roles: Role[] = ['user'], id = newId()): Promise<Caller> {
    const { token } = await this.issuer.issue({ id, username, roles });
    return { id, username, token };
  }

  /** A request, anonymous where nobody makes it. */
  request(method: Method, path: string, caller?: Caller): supertest.Test {
    const request = supertest(this.nest.getHttpServer())[method](path);
    return caller === undefined ? request : request.set('authorization', `Bearer ${caller.token}`);
  }

  hours(n: number): string {
    return new Date(this.now.getTime() + n * HOUR_MS).toISOString();
  }

  /** A valid body; starts in a day. */
  body(members: Record<string, unknown> = {}): Record<string, unknown> {
    const times = { start_time: this.hours(24), end_time: this.hours(26) };
    return { title: 'Jazz night', description: 'Two sets.', location: 'A cellar in Berlin', ...times, ...members };
  }

  async create(caller: Caller, members: Record<string, unknown> = {}): Promise<EventResource> {
    const response = await this.request('post', '/v1/events', caller).send(this.body(members)).expect(201);
    return response.body as EventResource;
  }

  /** The log of an event, oldest first. */
  async log(id: string): Promise<Record<string, unknown>[]> {
    const entries = this.connection.collection('event_log').find({ stream: `event/${id}` });
    return entries.sort({ version: 1 }).toArray();
  }
}
