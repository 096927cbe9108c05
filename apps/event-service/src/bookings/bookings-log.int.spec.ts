import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type BookingChangedV1,
  type EventResource,
  GUEST_ACTOR,
  isUsherEventType,
  parseData,
  SYSTEM_ACTOR,
} from '#contracts';
import type { LogEntry } from '#persistence';
import { type TestAccount, until } from '#testing';
import { BookingsApp, guest, type GuestBooking, NOBODY } from './testing/bookings-app.js';

let app: BookingsApp;

beforeAll(async () => {
  app = await BookingsApp.start();
}, 60_000);
afterAll(() => app.close());

/** What an entry tells, checked against the contract of its type. */
function told({ type, data, dataschema }: LogEntry): BookingChangedV1 {
  if (!isUsherEventType(type)) throw new TypeError(`${type} is no type of Usher’s.`);
  return parseData(type, data, dataschema) as BookingChangedV1;
}

/** An account as the log names it. */
const actor = ({ user: { id, username } }: TestAccount) => ({ id, username });

const history = async ({ id }: { id: string }): Promise<[LogEntry, BookingChangedV1][]> =>
  (await app.log(`booking/${id}`)).map((entry) => [entry, told(entry)]);

/** Has somebody wait, and promoted by the cancellation of who came first. */
async function promotion(): Promise<{ eventId: string; holder: GuestBooking; waiting: GuestBooking }> {
  const eventId = await app.createEvent({ max_attendees: 2, title: 'Jazz night' });
  const holder = await app.bookGuest(eventId, { seats: 2 });
  const [waiting] = await app.waitlist(eventId, 2);
  // Or else it is the waiting that the promotion follows from: reactions look at how things stand.
  await app.reacted();
  await app.cancel(holder, holder.by).expect(200);
  await until(async () => expect(await app.standings([waiting!])).toEqual(['confirmed']));
  return { eventId, holder, waiting: waiting! };
}

describe('the log of a booking', () => {
  it('tells every change as the contract says it, one version after the other', async () => {
    const { eventId, waiting } = await promotion();
    await app.checkIn(waiting).expect(200);
    const { title, start_time, created_by } = await app.event(eventId);
    const entries = await history(waiting);
    expect(entries.map(([{ type, version, subject }]) => [type, version, subject])).toEqual([
      ['usher.booking.waitlisted', 1, `bookings/${waiting.id}`],
      ['usher.booking.promoted', 2, `bookings/${waiting.id}`],
      ['usher.booking.checked_in', 3, `bookings/${waiting.id}`],
    ]);
    const { id, code, seats, created_at, attendee } = waiting;
    const fixed = { id, code, seats, created_at, attendee_id: attendee.id, owner_id: null, waitlist_ticket: 1 };
    expect(entries.map(([, data]) => data)).toMatchObject([
      { booking: { ...fixed, version: 1, status: 'waitlisted' }, seats_left: 0, actor: GUEST_ACTOR },
      { booking: { ...fixed, version: 2, status: 'confirmed' }, seats_left: 0, actor: SYSTEM_ACTOR },
      { booking: { ...fixed, version: 3, status: 'checked_in' }, seats_left: 0, actor: actor(app.ada) },
    ]);
    for (const [, data] of entries) expect(data.event).toEqual({ id: eventId, title, start_time, created_by });
  });

  it('tells the seats that are left after each, though many are decided together', async () => {
    const eventId = await app.createEvent({ max_attendees: 30 });
    const booked = await Promise.all(Array.from({ length: 30 }, () => app.bookGuest(eventId)));
    const left = (await Promise.all(booked.map(history))).map(([first]) => first![1].seats_left);
    expect(left.sort((one, other) => other! - one!)).toEqual(Array.from({ length: 30 }, (_, n) => 29 - n));
  });

  it('tells no limit as none', async () => {
    const booking = await app.bookGuest(await app.createEvent());
    expect((await history(booking))[0]![1].seats_left).toBeNull();
  });

  it('tells of the event as it is by then', async () => {
    const eventId = await app.createEvent({ title: 'First title' });
    const [one, two] = [await app.bookGuest(eventId), await app.bookGuest(eventId)];
    const { body } = await app.patchEvent(eventId, { title: 'Second title' }).expect(200);
    await app.checkIn(one).expect(200);
    await app.cancel(two, two.by).expect(200);
    const { title, start_time } = body as EventResource;
    for (const booking of [one, two])
      expect((await history(booking)).map(([, { event }]) => event)).toMatchObject([
        { title: 'First title' },
        { title, start_time },
      ]);
    await app.send('delete', `/v1/events/${eventId}`, app.ada.headers).expect(204);
    expect((await app.booking(two)).event).toEqual({ id: eventId, title, start_time });
  });

  it('says whose booking it is, and who did what, by account', async () => {
    const eventId = await app.createEvent();
    const booking = await app.book(eventId, app.bob.headers);
    await app.cancel(booking, app.admin.headers).expect(200);
    expect((await history(booking)).map(([, { actor, booking: told }]) => [actor, told.owner_id])).toEqual([
      [actor(app.bob), app.bob.user.id],
      [actor(app.admin), app.bob.user.id],
    ]);
  });

  it('has an attendee registered before they are booked', async () => {
    const booking = await app.bookGuest(await app.createEvent());
    const [registered] = await app.log(`attendee/${booking.attendee.id}`);
    const [confirmed] = await app.log(`booking/${booking.id}`);
    expect(registered?.type).toBe('usher.attendee.registered');
    await until(async () => {
      const positions = await Promise.all(
        [registered!, confirmed!].map(async ({ stream }) => (await app.log(stream))[0]!.position),
      );
      expect(positions[0]).toBeGreaterThan(0);
      expect(positions[1]).toBeGreaterThan(positions[0]!);
    });
  });

  it('holds nothing personal', async () => {
    const eventId = await app.createEvent({ max_attendees: 2 });
    const person = guest({ name: 'Private Person', phone: '+49 30 901820', notes: 'No almonds' });
    const booking = await app.book(eventId, app.bob.headers, { attendee: person });
    await app.checkIn(booking).expect(200);
    const streams = [`booking/${booking.id}`, `attendee/${booking.attendee.id}`, `event/${eventId}`];
    const entries = JSON.stringify(await Promise.all(streams.map((stream) => app.log(stream))));
    for (const word of [...Object.values(person), app.bob.email]) expect(entries).not.toContain(word);
  });
});

describe('the causal chain', () => {
  it('leads from a promotion to the cancellation that made room', async () => {
    const { holder, waiting } = await promotion();
    const [, canceled] = await app.log(`booking/${holder.id}`);
    const [waitlisted, promoted] = await app.log(`booking/${waiting.id}`);
    expect(canceled).toMatchObject({ type: 'usher.booking.canceled', causationid: null });
    expect(promoted).toMatchObject({
      type: 'usher.booking.promoted',
      causationid: canceled!._id,
      correlationid: canceled!.correlationid,
    });
    expect(traceOf(promoted!)).toBe(traceOf(canceled!));
    expect(promoted!.correlationid).not.toBe(waitlisted!.correlationid);
  });

  it('leads to the larger event where that made room', async () => {
    const eventId = await app.createEvent({ max_attendees: 1 });
    await app.bookGuest(eventId);
    const [waiting] = await app.waitlist(eventId, 1);
    await app.reacted();
    await app.patchEvent(eventId, { max_attendees: 2 }).expect(200);
    await until(async () => expect(await app.standings([waiting!])).toEqual(['confirmed']));
    const [, updated] = await app.log(`event/${eventId}`);
    const [, promoted] = await app.log(`booking/${waiting!.id}`);
    expect(promoted).toMatchObject({ causationid: updated!._id, correlationid: updated!.correlationid });
  });

  it('keeps requests apart that are decided together', async () => {
    const eventId = await app.createEvent();
    const traces = Array.from({ length: 10 }, (_, n) => String(n).repeat(32).replace(/^0+$/, 'a'.repeat(32)));
    const booked = await Promise.all(
      traces.map(async (trace) => {
        const traceparent = `00-${trace}-b7ad6b7169203331-01`;
        const { body } = await app.ask(eventId, { traceparent }, { attendee: guest() }).expect(201);
        return body as { id: string; attendee: { id: string } };
      }),
    );
    for (const [n, { id, attendee }] of booked.entries())
      for (const stream of [`booking/${id}`, `attendee/${attendee.id}`]) {
        const [entry] = await app.log(stream);
        expect([stream, traceOf(entry!)]).toEqual([stream, traces[n]]);
      }
    await app.send('get', `/v1/events/${eventId}`, NOBODY).expect(200);
  });
});

const traceOf = ({ traceparent }: LogEntry): string => traceparent.split('-')[1] ?? '';
