import { afterEach, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import type { EventResource } from '#contracts';
import { type Answer, type RaceLedger, raceForSeats, RunningSystem, type Session, until } from '#testing';

const CLIENTS = 2_000;
const SEATS = 100;

let system: RunningSystem;
afterEach(() => system.stop());

interface Page {
  data: { id: string; status: string; seats: number }[];
  next_cursor: string | null;
}

/** All bookings of an event, as its creator sees them. */
async function bookingsOf(creator: Session, eventId: string): Promise<Page['data']> {
  const all: Page['data'] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${cursor}`;
    const page: Answer<Page> = await creator.events('GET', `/v1/events/${eventId}/bookings?limit=100${after}`);
    all.push(...page.body.data);
    cursor = page.body.next_cursor;
  } while (cursor !== null);
  return all;
}

/** How many confirmations of an event are in the log. */
async function logged(eventId: string): Promise<number> {
  const { uri, events } = system.databases;
  const connection = await mongoose.createConnection(uri, { dbName: events }).asPromise();
  try {
    const filter = { type: 'usher.booking.confirmed', 'data.event.id': eventId };
    return await connection.collection('event_log').countDocuments(filter);
  } finally {
    await connection.close();
  }
}

/** Every seat is somebody's who was told so, nobody has two, and counter, bookings and log say the same. */
async function expectSoldOnce(creator: Session, eventId: string, ledger: RaceLedger): Promise<void> {
  const { body: event } = await creator.events<EventResource>('GET', `/v1/events/${eventId}`);
  expect(event).toMatchObject({ booked_seats: SEATS, seats_left: 0, waitlist_length: 0 });
  const bookings = await bookingsOf(creator, eventId);
  expect(bookings).toHaveLength(SEATS);
  expect(bookings.every(({ status, seats }) => status === 'confirmed' && seats === 1)).toBe(true);
  const ids = new Set(bookings.map(({ id }) => id));
  expect(ids.size).toBe(SEATS);
  expect(ledger.confirmed.filter((id) => !ids.has(id))).toEqual([]);
  expect(ledger.confirmed.length + ledger.confirmedUnheard).toBe(SEATS);
  expect(ledger.refused).toEqual({ 'event-full': CLIENTS - SEATS });
  expect(await logged(eventId)).toBe(SEATS);
}

describe(`${CLIENTS} clients who race for ${SEATS} seats`, () => {
  it.each([1, 3])(
    'get each seat once, from %i instances',
    async (instances) => {
      system = await RunningSystem.start({ eventServices: instances, notificationServices: 0 });
      const creator = await system.signUp();
      const { id } = await creator.createEvent({ max_attendees: SEATS });
      const urls = system.eventServices.map(({ url }) => url);
      await expectSoldOnce(creator, id, await raceForSeats({ eventId: id, clients: CLIENTS, urls }));
    },
    120_000,
  );

  it('get each seat once, where one of three instances is killed in the middle', async () => {
    system = await RunningSystem.start({ eventServices: 3, notificationServices: 0 });
    const creator = await system.signUp();
    const { id } = await creator.createEvent({ max_attendees: SEATS });
    const urls = system.eventServices.map(({ url }) => url);
    const victim = system.eventServices[1]!;
    let killed: Promise<void> | undefined;
    const ledger = await raceForSeats({
      eventId: id,
      clients: CLIENTS,
      urls,
      onAnswer: (answered) => {
        if (answered === SEATS / 4) killed = victim.kill('SIGKILL');
      },
    });
    await killed;
    await until(() => expectSoldOnce(creator, id, ledger));
  }, 120_000);
});
