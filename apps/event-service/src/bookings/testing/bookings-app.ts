import { expect } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import type supertest from 'supertest';
import type { EventResource } from '#contracts';
import { newId } from '#kernel';
import type { LogEntry } from '#persistence';
import { newEvent, signIn, signUp, type TestAccount, type TestDatabase, until } from '#testing';
import { startEventService, type TestService } from '../../../test/start-event-service.js';
import type { BookedResource, BookingResource } from '../bookings.dto.js';
import type { BookingDocument } from '../bookings.schema.js';

/** How a request says who makes it. */
export type Headers = Record<string, string>;
export const NOBODY: Headers = {};
export const holding = (token: string | undefined): Headers => ({ 'x-attendee-token': token ?? '' });

const ADMIN = { email: 'root@example.com', password: 'Root-horse-7' };
const HOUR_MS = 3_600_000;

/** A guest’s booking, and how the guest says who they are. */
export interface GuestBooking extends BookedResource {
  by: Headers;
}

/** The whole service, with people who book: `ada` creates the events, `bob` and `eve` come to them. */
export class BookingsApp {
  private constructor(
    readonly service: TestService,
    readonly ada: TestAccount,
    readonly bob: TestAccount,
    readonly eve: TestAccount,
    readonly admin: TestAccount,
  ) {}

  static async start(environment: Record<string, string> = {}, given?: TestDatabase): Promise<BookingsApp> {
    const admin = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password };
    const service = await startEventService({ ...admin, ...environment }, given);
    const [ada, bob, eve] = [await signUp(service), await signUp(service), await signUp(service)];
    return new BookingsApp(service, ada, bob, eve, await signIn(service, ADMIN));
  }

  /** The same people at another instance of the service. */
  async again(environment: Record<string, string> = {}): Promise<BookingsApp> {
    const { database, rabbitmqUrl } = this.service;
    const service = await startEventService({ RABBITMQ_URL: rabbitmqUrl, ...environment }, database);
    return new BookingsApp(service, this.ada, this.bob, this.eve, this.admin);
  }

  get connection(): Connection {
    return this.service.app.get<Connection>(getConnectionToken());
  }

  get bookings() {
    return this.connection.collection<BookingDocument>('bookings');
  }

  close(): Promise<void> {
    return this.service.close();
  }

  send(method: 'get' | 'post' | 'patch' | 'delete', path: string, by: Headers, body?: object): supertest.Test {
    const request = this.service.http[method](path).set(by);
    return body === undefined ? request : request.send(body);
  }

  async createEvent(members: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.send('post', '/v1/events', this.ada.headers, newEvent(members)).expect(201);
    return (answer.body as EventResource).id;
  }

  /** Events whose changes share a transaction where they come at once. */
  async neighbours(n: number): Promise<string[]> {
    const lanes = new Map<number, string[]>();
    for (;;) {
      const eventId = await this.createEvent();
      const lane = Number.parseInt(eventId.slice(-4), 16) % 4;
      const events = [...(lanes.get(lane) ?? []), eventId];
      if (events.length === n) return events;
      lanes.set(lane, events);
    }
  }

  async event(id: string): Promise<EventResource> {
    return (await this.send('get', `/v1/events/${id}`, NOBODY).expect(200)).body as EventResource;
  }

  patchEvent(id: string, members: Record<string, unknown>): supertest.Test {
    return this.send('patch', `/v1/events/${id}`, this.ada.headers, members);
  }

  /** Puts the beginning of an event into the past, which nobody can ask for: it is under way. */
  async begin(id: string): Promise<void> {
    const begun = { start_time: new Date(Date.now() - HOUR_MS) };
    await this.connection.collection<{ _id: string }>('events').updateOne({ _id: id }, { $set: begun });
  }

  /** Asks for seats, whatever comes of it. */
  ask(eventId: string, by: Headers, body: object = {}): supertest.Test {
    return this.send('post', `/v1/events/${eventId}/bookings`, by, body);
  }

  async book(eventId: string, by: Headers, body: object = {}): Promise<BookedResource> {
    return (await this.ask(eventId, by, body).expect(201)).body as BookedResource;
  }

  /** Books for somebody new, without an account. */
  async bookGuest(eventId: string, members: Record<string, unknown> = {}): Promise<GuestBooking> {
    const booked = await this.book(eventId, NOBODY, { attendee: guest(), ...members });
    return { ...booked, by: holding(booked.attendee_token) };
  }

  /** Several guests who wait, in order of arrival. */
  async waitlist(eventId: string, ...seats: number[]): Promise<GuestBooking[]> {
    const waiting: GuestBooking[] = [];
    for (const wanted of seats) waiting.push(await this.bookGuest(eventId, { seats: wanted, waitlist: true }));
    return waiting;
  }

  cancel({ id }: { id: string }, by: Headers): supertest.Test {
    return this.send('post', `/v1/bookings/${id}/cancel`, by);
  }

  checkIn({ id }: { id: string }, by: Headers = this.ada.headers): supertest.Test {
    return this.send('post', `/v1/bookings/${id}/check-in`, by);
  }

  /** The booking as the creator of the event sees it. */
  async booking({ id }: { id: string }): Promise<BookingResource> {
    return (await this.send('get', `/v1/bookings/${id}`, this.ada.headers).expect(200)).body as BookingResource;
  }

  /** The status of each, with the place in line of those who wait: `waitlisted 2`. */
  async standings(bookings: readonly { id: string }[]): Promise<string[]> {
    const present = await Promise.all(bookings.map((booking) => this.booking(booking)));
    return present.map(({ status, waitlist_position: place }) => [status, place].join(' ').trim());
  }

  /** Waits until what follows from all that has been done is done: the log is reacted to in order, and this is its end. */
  async reacted(): Promise<void> {
    const eventId = await this.createEvent({ max_attendees: 1 });
    const holder = await this.bookGuest(eventId);
    const waiting = await this.waitlist(eventId, 1);
    await this.cancel(holder, holder.by).expect(200);
    await until(async () => expect(await this.standings(waiting)).toEqual(['confirmed']));
  }

  /** What the log says of one thing, oldest first. */
  log(stream: string): Promise<LogEntry[]> {
    return this.connection.collection<LogEntry>('event_log').find({ stream }).sort({ version: 1 }).toArray();
  }
}

/** Somebody with an address that nobody has, as a booking describes them. */
export function guest(members: Record<string, unknown> = {}): Record<string, unknown> {
  return { name: 'Grace Hopper', email: `guest-${newId()}@example.com`, ...members };
}
