import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import type { z } from 'zod';
import { EventLog, EventLogModule } from '#persistence';
import { startTestApp, type TestApp, type TestDatabase, type TestSession } from '#testing';
import { CLOCK } from '../../config.js';
import type { AttendeeBookings } from '../attendee-bookings.js';
import type { AttendeeResource, registeredAttendeeAnswer } from '../attendees.dto.js';
import { AttendeesModule } from '../attendees.module.js';
import { AttendeesRepository } from '../attendees.repository.js';
import { AttendeesService } from '../attendees.service.js';

type Method = 'get' | 'post' | 'patch' | 'delete';
export type Registered = z.infer<typeof registeredAttendeeAnswer>;

/** How a request says who makes it. */
export type Headers = Record<string, string>;
export const NOBODY: Headers = {};
export const holding = (token: string): Headers => ({ 'x-attendee-token': token });

export const PERSON = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  phone: '+44 20 7946 0958',
  country: 'GB',
  notes: 'No almonds\nFront row',
};

/** The attendees feature as a real HTTP application, with a clock that the test sets. */
export class AttendeesApp {
  now = new Date('2026-11-20T10:00:00.000Z');

  private constructor(
    private readonly app: TestApp,
    setClock: (read: () => Date) => void,
  ) {
    setClock(() => this.now);
  }

  /** Several on one database are the instances of one service. */
  static async start(database?: TestDatabase): Promise<AttendeesApp> {
    const clock = { now: () => new Date() };
    class ClockModule {}
    const provided = { providers: [{ provide: CLOCK, useValue: clock }], exports: [CLOCK] };
    const app = await startTestApp({
      imports: [{ module: ClockModule, global: true, ...provided }, EventLogModule, AttendeesModule],
      ...(database === undefined ? {} : { database }),
    });
    return new AttendeesApp(app, (read) => (clock.now = read));
  }

  get connection(): Connection {
    return this.app.app.get<Connection>(getConnectionToken());
  }
  get service(): AttendeesService {
    return this.app.app.get(AttendeesService);
  }
  get repository(): AttendeesRepository {
    return this.app.app.get(AttendeesRepository);
  }
  get eventLog(): EventLog {
    return this.app.app.get(EventLog);
  }
  get database(): TestDatabase {
    return this.app.database;
  }

  close(): Promise<void> {
    return this.app.close();
  }

  /** Empties the database, and takes what was attached away. */
  async clear(bookings: AttendeeBookings): Promise<void> {
    this.service.attach(bookings);
    for (const { name } of await this.connection.listCollections()) await this.connection.collection(name).deleteMany();
  }

  session(username: string, who: { id?: string; roles?: ('user' | 'admin')[] } = {}): Promise<TestSession> {
    return this.app.tokens.session({ username, ...who });
  }

  request(method: Method, path: string, headers: Headers = NOBODY) {
    return this.app.http[method](path).set(headers);
  }

  async register(headers: Headers = NOBODY, members: Record<string, unknown> = {}): Promise<Registered> {
    const body = { ...PERSON, ...members };
    const response = await this.request('post', '/v1/attendees', headers).send(body).expect(201);
    return response.body as Registered;
  }

  /** What is in the database, every collection of it, as one text. */
  async everythingStored(): Promise<string> {
    const collections = await this.connection.listCollections();
    const documents = collections.map(({ name }) => this.connection.collection(name).find().toArray());
    return JSON.stringify(await Promise.all(documents));
  }

  /** The log of an attendee, oldest first. */
  async log(id: string): Promise<Record<string, unknown>[]> {
    const entries = this.connection.collection('event_log').find({ stream: `attendee/${id}` });
    return entries.sort({ version: 1 }).toArray();
  }
}

/** An attendee without the token that came with the registration. */
export const withoutToken = ({ attendee_token: _, ...attendee }: Registered): AttendeeResource => attendee;
