import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SYSTEM_ACTOR } from '#contracts';
import { newId, type UsherError } from '#kernel';
import type { EventState } from '../../events/event.js';
import { book } from '../booking.js';
import { BookingsApp } from '../testing/bookings-app.js';
import { type SeatDecision, SeatLedger } from './seat-ledger.js';

let app: BookingsApp;
/** Another instance: within one, whoever changes an event waits for their turn. */
let other: BookingsApp;
let ledger: SeatLedger;

beforeAll(async () => {
  app = await BookingsApp.start();
  other = await app.again();
  ledger = app.service.app.get(SeatLedger, { strict: false });
}, 120_000);
afterAll(async () => {
  await other.close();
  await app.close();
});

/** Books seats of the event as it was read, for nobody in particular; throws where they cannot be had. */
function taking(event: EventState | undefined, seats: number): SeatDecision<string> {
  if (event === undefined) return { entries: [], result: 'gone' };
  const [id, attendee_id] = [newId(), newId()];
  const request = { id, code: 'CODE', attendee_id, email_key: id, owner_id: null, seats, waitlist: false };
  const change = book(event, request, 1, new Date());
  return { entries: [{ ...change, actor: SYSTEM_ACTOR }], result: id };
}

/** Settles upon two seats, while `meanwhile` happens between reading the event and writing the decision. */
async function settle(eventId: string, meanwhile: () => PromiseLike<unknown>) {
  const seen: (EventState | undefined)[] = [];
  const settling = ledger.settle(eventId, async (event) => {
    seen.push(event);
    if (seen.length === 1) await meanwhile();
    return taking(event, 2);
  });
  const result = await settling.catch((error: unknown) => (error as UsherError).code);
  return { seen, result };
}

describe('what has been decided on an event that is another by now', () => {
  it('is decided again where its capacity is lower', async () => {
    const eventId = await app.createEvent({ max_attendees: 2 });
    const { seen, result } = await settle(eventId, () =>
      other.patchEvent(eventId, { max_attendees: 1 }).expect(200).then(),
    );
    expect(seen.map((event) => event?.max_attendees)).toEqual([2, 1]);
    expect(result).toBe('event-full');
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 0 });
  });

  it('is decided again where its seats have been sold', async () => {
    const eventId = await app.createEvent({ max_attendees: 2 });
    const { seen, result } = await settle(eventId, () => other.bookGuest(eventId));
    expect(seen.map((event) => event?.booked_seats)).toEqual([0, 1]);
    expect(result).toBe('event-full');
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 1 });
  });

  it('is decided again where it has been called off', async () => {
    const eventId = await app.createEvent();
    const path = `/v1/events/${eventId}/cancel`;
    const { result } = await settle(eventId, () => other.send('post', path, app.ada.headers).expect(200).then());
    expect(result).toBe('event-not-bookable');
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 0 });
  });

  it('is decided again where it is gone', async () => {
    const eventId = await app.createEvent();
    const path = `/v1/events/${eventId}`;
    const { seen, result } = await settle(eventId, () =>
      other.send('delete', path, app.ada.headers).expect(204).then(),
    );
    expect(seen[1]).toBeUndefined();
    expect(result).toBe('gone');
  });

  it('stands where nothing has happened but to others', async () => {
    const [eventId, another] = [await app.createEvent(), await app.createEvent()];
    const { seen, result } = await settle(eventId, () => other.bookGuest(another));
    expect(seen).toHaveLength(1);
    expect(await app.bookings.findOne({ _id: result })).toMatchObject({ seats: 2, status: 'confirmed' });
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 2 });
  });
});

describe('what is settled together', () => {
  const seats = async (events: readonly string[]) =>
    (await Promise.all(events.map((eventId) => app.event(eventId)))).map(({ booked_seats }) => booked_seats);

  it('is written once for each, though one of them has to be decided again', async () => {
    const events = await app.neighbours(3);
    await Promise.all([
      settle(events[0]!, () => Promise.resolve()),
      settle(events[1]!, () => other.bookGuest(events[1]!)),
      settle(events[2]!, () => Promise.resolve()),
    ]);
    expect(await seats(events)).toEqual([2, 3, 2]);
    for (const eventId of events)
      expect(await app.bookings.countDocuments({ 'event.id': eventId })).toBe(eventId === events[1] ? 2 : 1);
  });

  it('is settled for the others where deciding one fails', async () => {
    const events = await app.neighbours(3);
    const results = await Promise.allSettled([
      ledger.settle(events[0]!, async (event) => taking(event, 1)),
      ledger.settle(events[1]!, async () => {
        throw new TypeError('undecided');
      }),
      ledger.settle(events[2]!, async (event) => taking(event, 1)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await seats(events)).toEqual([1, 0, 1]);
  });

  it('is settled for the others where writing one fails', async () => {
    const events = await app.neighbours(3);
    const results = await Promise.allSettled([
      ledger.settle(events[0]!, async (event) => taking(event, 1)),
      ledger.settle(events[1]!, async (event) => {
        const decision = taking(event, 1);
        // Far too much to be said in one message.
        return {
          ...decision,
          entries: decision.entries.map((entry) => ({ ...entry, actor: { id: null, username: 'x'.repeat(70_000) } })),
        };
      }),
      ledger.settle(events[2]!, async (event) => taking(event, 1)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'payload-too-large' } });
    expect(await seats(events)).toEqual([1, 0, 1]);
  });
});
