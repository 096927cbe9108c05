import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '#kernel';
import type { LogEntry } from '#persistence';
import type { BookingDocument } from '../bookings/bookings.schema.js';
import { BookingsApp, guest } from '../bookings/testing/bookings-app.js';
import type { EventDocument } from '../events/events.schema.js';
import { PROJECTIONS } from './projections.js';
import { Rebuild } from './rebuild.js';
import { GUESTS, Happening, wave } from './testing/happening.js';
import { Settling } from './testing/settling.js';

let app: BookingsApp;
let instances: BookingsApp[];
let settling: Settling;
const guests: string[] = [];

beforeAll(async () => {
  app = await BookingsApp.start();
  instances = [app, await app.again()];
  settling = new Settling(instances.map(({ service }) => service));
  while (guests.length < GUESTS) {
    const registered = await app.send('post', '/v1/attendees', app.ada.headers, guest()).expect(201);
    guests.push((registered.body as { id: string }).id);
  }
}, 120_000);
afterAll(async () => {
  for (const instance of instances.toReversed()) await instance.close();
});

const collection = <D extends { _id: string }>(name: string) => app.connection.collection<D>(name);

async function expectAgreement(): Promise<void> {
  const reported: string[] = [];
  const report = (line: string) => reported.push(line);
  await new Rebuild(app.connection, PROJECTIONS, systemClock, report).verify();
  expect(reported).toEqual([]);
}

async function expectSeatsRight(eventId: string): Promise<void> {
  const event = (await collection<EventDocument>('events').findOne({ _id: eventId })) as EventDocument;
  const bookings = await collection<BookingDocument>('bookings').find({ 'event.id': eventId }).toArray();
  const taken = bookings.filter(({ status }) => status === 'confirmed' || status === 'checked_in');
  const waiting = bookings.filter(({ status }) => status === 'waitlisted');
  expect(event.booked_seats).toBe(taken.reduce((sum, { seats }) => sum + seats, 0));
  expect(event.booked_seats).toBeLessThanOrEqual(event.max_attendees ?? Infinity);
  expect(event.waitlist_length).toBe(waiting.length);
  if (event.status === 'scheduled') expectFirstComeFirstServed(event, taken, waiting);
  else expect([...taken, ...waiting].filter(({ status }) => status !== 'checked_in')).toEqual([]);
}

function expectFirstComeFirstServed(event: EventDocument, taken: BookingDocument[], waiting: BookingDocument[]): void {
  const limit = event.max_attendees ?? Infinity;
  const inLine = waiting.toSorted((one, other) => (one.waitlist_ticket ?? 0) - (other.waitlist_ticket ?? 0));
  const head = inLine.find(({ seats }) => seats <= limit);
  if (head !== undefined) expect(head.seats).toBeGreaterThan(limit - event.booked_seats);
  // Nobody is overtaken by who came later, but where the event was too small for them and not for the other.
  for (const patient of inLine)
    for (const later of taken.filter(({ created_at }) => created_at > patient.created_at))
      if (later.waitlist_ticket === null || later.seats >= patient.seats)
        expect(`${later._id} has overtaken ${patient._id}`).toBe('');
}

/** At every moment that the log tells of, not only in the end. */
async function expectNeverOversold(): Promise<void> {
  const oversold = { stream: { $regex: '^booking/' }, 'data.seats_left': { $lt: 0 } };
  expect(await collection<LogEntry>('event_log').countDocuments(oversold)).toBe(0);
}

const capacity = fc.option(fc.integer({ min: 1, max: 6 }), { freq: 9 });
const waves = fc.array(wave, { minLength: 2, maxLength: 5 });
const more = fc.constantFrom(7, 9, 12, null);

it('log and state agree, and everybody has what is theirs, whatever happens at two instances at once', async () => {
  await fc.assert(
    fc.asyncProperty(capacity, waves, more, fc.option(wave, { freq: 2 }), async (max_attendees, played, room, last) => {
      const eventId = await app.createEvent({ max_attendees });
      const happening = new Happening(eventId, instances, guests);
      const settle = async () => {
        await settling.settled();
        await expectSeatsRight(eventId);
      };
      for (const steps of played) await happening.play(steps);
      await settle();
      await app.patchEvent(eventId, { max_attendees: room });
      await settle();
      if (last !== null) {
        const cancel = app.send('post', `/v1/events/${eventId}/cancel`, app.ada.headers).expect(200);
        await Promise.all([happening.play(last), cancel]);
        await settle();
      }
      await expectNeverOversold();
      await expectAgreement();
    }),
    { numRuns: 8, endOnFailure: true },
  );
}, 120_000);
