import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '#kernel';
import { signUp, until } from '#testing';
import { audit } from './testing/audit.js';
import { BookingsApp, guest, holding, NOBODY } from './testing/bookings-app.js';

// Two whole services and hundreds of requests at once take their time where the machine has other work.
jest.setTimeout(60_000);

let app: BookingsApp;
let other: BookingsApp;

beforeAll(async () => {
  app = await BookingsApp.start();
  other = await app.again();
}, 120_000);
afterAll(async () => {
  await other.close();
  await app.close();
});

/** By turns at one instance and the other. */
const at = (n: number): BookingsApp => (n % 2 === 0 ? app : other);
const times = <T>(n: number, make: (index: number, at: BookingsApp) => T): T[] =>
  Array.from({ length: n }, (_, index) => make(index, at(index)));

type Answer = { status: number; body: unknown };

/** The status, with the code of a problem. */
const inWords = ({ status, body }: Answer): string =>
  status < 400 ? String(status) : `${status} ${(body as { code: string }).code}`;

/** How often each came of it. */
async function outcomes(requests: readonly PromiseLike<Answer>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of (await Promise.all(requests)).map(inWords)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

describe('two instances', () => {
  it('sell no seat twice: 200 ask for 30', async () => {
    const eventId = await app.createEvent({ max_attendees: 30 });
    const asked = times(200, (_, at) => at.ask(eventId, NOBODY, { attendee: guest() }));
    expect(await outcomes(asked)).toEqual({ 201: 30, '409 event-full': 170 });
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 30, seats_left: 0 });
    await audit(app, eventId);
  });

  it('book nobody twice, neither as an attendee nor by address', async () => {
    const eventId = await app.createEvent();
    const email = `${newId()}@example.com`;
    const asked = times(20, (n, at) =>
      n < 10 ? at.ask(eventId, NOBODY, { attendee: guest({ email }) }) : at.ask(eventId, app.bob.headers),
    );
    expect(await outcomes(asked)).toEqual({ 201: 2, '409 already-booked': 18 });
    await audit(app, eventId);
  });

  it('keep one line, and serve it in order, while people come and go', async () => {
    const eventId = await app.createEvent({ max_attendees: 6 });
    const first = await app.waitlist(eventId, 3, 3);
    const come = (n: number) => at(n).bookGuest(eventId, { seats: (n % 3) + 1, waitlist: true });
    const came = await Promise.all([...times(20, come), ...first.map((one) => other.cancel(one, one.by))]);
    const guests = came.flatMap((one) => ('by' in one ? [one] : []));
    await Promise.all(guests.slice(0, 10).map((one, n) => at(n).cancel(one, one.by).expect(200)));

    await until(async () => {
      const { seats_left, waitlist_length } = await app.event(eventId);
      const [head] = await app.bookings
        .find({ 'event.id': eventId, status: 'waitlisted' })
        .sort({ waitlist_ticket: 1 })
        .toArray();
      expect(head === undefined ? waitlist_length : (seats_left ?? 0) < head.seats).toBe(head === undefined ? 0 : true);
    });
    await audit(app, eventId);
    // Whoever was served had come before everybody who waits still.
    const [served, waiting] = [
      await app.bookings.find({ 'event.id': eventId, status: 'confirmed', waitlist_ticket: { $gt: 0 } }).toArray(),
      await app.bookings.find({ 'event.id': eventId, status: 'waitlisted' }).toArray(),
    ];
    const soonest = Math.min(...waiting.map(({ created_at }) => created_at.getTime()));
    for (const { created_at } of served) expect(created_at.getTime()).toBeLessThanOrEqual(soonest);
  });
});

describe('one user who books twenty events at once', () => {
  it('is one attendee', async () => {
    const carol = await signUp(app.service);
    const events = await Promise.all(times(20, () => app.createEvent()));
    const booked = await Promise.all(events.map((eventId, n) => at(n).book(eventId, carol.headers)));
    expect(new Set(booked.map(({ attendee }) => attendee.id)).size).toBe(1);
    const { body } = await app.send('get', '/v1/attendees', carol.headers).expect(200);
    expect(body).toMatchObject({ data: [{ id: booked[0]?.attendee.id }] });
    for (const eventId of events) await audit(app, eventId);
  });
});

describe('an attendee for whom bookings are made at the same time', () => {
  /** One whose token books, and the events to book. */
  async function setting() {
    const { body } = await app.send('post', '/v1/attendees', NOBODY, guest()).expect(201);
    const { id, attendee_token: token } = body as { id: string; attendee_token: string };
    const events = await Promise.all(times(10, () => app.createEvent()));
    return { id, path: `/v1/attendees/${id}`, by: holding(token), events };
  }

  it('leaves no live booking behind when removed', async () => {
    const { id, path, by, events } = await setting();
    const bookings = events.map((eventId, n) => at(n).ask(eventId, by, { attendee_id: id }));
    const removal = app.bookings
      .findOne({ attendee_id: id })
      .then(() => other.send('delete', path, by))
      .then((answer) => answer);
    const results = await outcomes([...bookings, removal]);
    expect(results[204]).toBe(1);
    expect((results[201] ?? 0) + (results['404 not-found'] ?? 0)).toBe(10);
    await until(async () => expect(await app.bookings.countDocuments({ attendee_id: id, live: true })).toBe(0));
    expect(await app.bookings.countDocuments({ attendee_id: id })).toBe(results[201] ?? 0);
    for (const eventId of events) await audit(app, eventId);
  });

  it('is known by the present address alone when that changes', async () => {
    const { id, path, by, events } = await setting();
    const bookings = events.map((eventId, n) => at(n).ask(eventId, by, { attendee_id: id }));
    const changes = times(5, (n, at) => at.send('patch', path, by, { email: `${n}-${id}@Example.com` }));
    expect(await outcomes([...bookings, ...changes])).toEqual({ 200: 5, 201: 10 });
    for (const eventId of events) await audit(app, eventId);
  });

  it('shares no address with somebody who books the same event', async () => {
    const { id, path, by, events } = await setting();
    for (const [n, eventId] of events.entries()) {
      await app.book(eventId, by, { attendee_id: id });
      const email = `${n}-${id}@example.com`;
      const results = await outcomes([
        at(n).send('patch', path, by, { email }),
        at(n + 1).ask(eventId, NOBODY, { attendee: guest({ email }) }),
      ]);
      expect([
        { 200: 1, '409 already-booked': 1 },
        { 201: 1, '409 already-booked': 1 },
      ]).toContainEqual(results);
      await audit(app, eventId);
    }
  });
});

describe('one booking that many change at once', () => {
  it('frees its seats once, however often it is canceled', async () => {
    const eventId = await app.createEvent({ max_attendees: 5 });
    const booking = await app.bookGuest(eventId, { seats: 3 });
    expect(await outcomes(times(10, (_, at) => at.cancel(booking, booking.by)))).toEqual({ 200: 10 });
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 0, seats_left: 5 });
    expect(await app.log(`booking/${booking.id}`)).toHaveLength(2);
    await audit(app, eventId);
  });

  it('is either checked in or canceled', async () => {
    const eventId = await app.createEvent();
    const bookings = await Promise.all(times(10, (_, at) => at.bookGuest(eventId)));
    for (const [n, booking] of bookings.entries()) {
      const results = await outcomes([at(n).cancel(booking, booking.by), at(n + 1).checkIn(booking)]);
      expect([
        { 200: 1, '409 already-checked-in': 1 },
        { 200: 1, '409 booking-not-confirmed': 1 },
      ]).toContainEqual(results);
    }
    await audit(app, eventId);
  });

  it('is checked in once', async () => {
    const eventId = await app.createEvent();
    const booking = await app.bookGuest(eventId);
    const results = await outcomes(times(10, (_, at) => at.checkIn(booking)));
    expect(results).toEqual({ 200: 1, '409 already-checked-in': 9 });
    await audit(app, eventId);
  });
});

describe('an event that changes while it is booked', () => {
  it('never holds fewer than have booked', async () => {
    const eventId = await app.createEvent({ max_attendees: 40 });
    const asked = times(60, (_, at) => at.ask(eventId, NOBODY, { attendee: guest() }));
    const patched = [10, 45, 20, 50, 30, 35].map((max_attendees, n) => at(n).patchEvent(eventId, { max_attendees }));
    const answers = await Promise.all([...asked, ...patched]);
    const allowed = ['200', '201', '409 event-full', '409 capacity-below-booked'];
    expect(answers.map(inWords).filter((answer) => !allowed.includes(answer))).toEqual([]);
    await audit(app, eventId);
    for (const { data } of await app.log(`event/${eventId}`)) {
      const { booked_seats, max_attendees } = (data as { event: Record<string, number> }).event;
      expect(booked_seats).toBeLessThanOrEqual(max_attendees!);
    }
  });

  it('has nobody left on it when it is called off', async () => {
    const eventId = await app.createEvent({ max_attendees: 10 });
    const asked = times(40, (_, at) => at.ask(eventId, NOBODY, { attendee: guest(), waitlist: true }));
    const answers = await Promise.all([...asked, other.send('post', `/v1/events/${eventId}/cancel`, app.ada.headers)]);
    expect(answers.map(inWords).filter((answer) => !/^20[01]$|event-not-bookable$/.test(answer))).toEqual([]);
    await until(async () => expect(await app.bookings.countDocuments({ 'event.id': eventId, live: true })).toBe(0));
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 0, waitlist_length: 0 });
    await audit(app, eventId);
  });
});
