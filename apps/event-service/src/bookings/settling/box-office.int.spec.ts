import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GUEST_ACTOR } from '#contracts';
import { newId, type UsherError } from '#kernel';
import { continueTrace } from '#observability';
import type { AttendeeState } from '../../attendees/attendee.js';
import { AttendeesService } from '../../attendees/attendees.service.js';
import type { Registered } from '../../attendees/testing/attendees-app.js';
import { BoxOffice, type Order } from './box-office.js';
import { audit } from '../testing/audit.js';
import { BookingsApp, guest, holding, NOBODY } from '../testing/bookings-app.js';

let app: BookingsApp;
let boxOffice: BoxOffice;
let attendees: AttendeesService;

beforeAll(async () => {
  app = await BookingsApp.start();
  boxOffice = app.service.app.get(BoxOffice, { strict: false });
  attendees = app.service.app.get(AttendeesService, { strict: false });
}, 60_000);
afterAll(() => app.close());

const orderFor = (attendee: AttendeeState, isNewAttendee: boolean): Order => ({
  ...{ id: newId(), code: 'CODE', seats: 1, waitlist: false, attendee, isNewAttendee, actor: GUEST_ACTOR },
  context: { trace: continueTrace(), correlationId: newId() },
});
const someoneNew = (): Order => {
  const details = { name: 'Grace', email: `${newId()}@example.com`, phone: null, country: null, notes: null };
  return orderFor(attendees.prepare(details, undefined).state, true);
};

/** An attendee as they were when the order was taken. */
async function registered(): Promise<{ state: AttendeeState; path: string; by: Record<string, string> }> {
  const { body } = await app.send('post', '/v1/attendees', NOBODY, guest()).expect(201);
  const { id, attendee_token: token } = body as Registered;
  return { state: await attendees.findManaged(id, { token }), path: `/v1/attendees/${id}`, by: holding(token) };
}

/** What comes of orders that are decided in one batch: the status of the booking, or the code of the refusal. */
async function decided(eventId: string, orders: readonly Order[]): Promise<string[]> {
  const settled = await Promise.allSettled(orders.map((order) => boxOffice.book(eventId, order)));
  return settled.map((one) =>
    one.status === 'fulfilled' ? one.value.booking.status : (one.reason as UsherError).code,
  );
}

describe('an attendee who has changed since the order was taken', () => {
  it('is booked as they are now, and nobody beside them is held up', async () => {
    const eventId = await app.createEvent();
    const { state, path, by } = await registered();
    const email = `${newId()}@example.com`;
    await app.send('patch', path, by, { email }).expect(200);
    expect(await decided(eventId, [someoneNew(), orderFor(state, false), someoneNew()])).toEqual([
      'confirmed',
      'confirmed',
      'confirmed',
    ]);
    expect(await app.bookings.countDocuments({ email_key: email })).toBe(1);
    await audit(app, eventId);
  });

  it('is not found where they have been removed, and nobody beside them is held up', async () => {
    const eventId = await app.createEvent();
    const { state, path, by } = await registered();
    await app.send('delete', path, by).expect(204);
    expect(await decided(eventId, [someoneNew(), orderFor(state, false), someoneNew()])).toEqual([
      'confirmed',
      'not-found',
      'confirmed',
    ]);
    await audit(app, eventId);
  });

  it('is booked as they are now for every event, though one order was taken before the change and one after', async () => {
    const [one, other] = await app.neighbours(2);
    const { state, path, by } = await registered();
    const email = `${newId()}@example.com`;
    await app.send('patch', path, by, { email }).expect(200);
    const fresh = (await attendees.findMany([state.id])).get(state.id)!;
    const booked = [boxOffice.book(one!, orderFor(state, false)), boxOffice.book(other!, orderFor(fresh, false))];
    for (const { booking } of await Promise.all(booked))
      expect(await app.bookings.findOne({ _id: booking.id })).toMatchObject({ email_key: email });
  });
});

describe('somebody who is to be an attendee of their own', () => {
  /** Taken before the user had one. */
  const ownOrder = () => {
    const { id, username } = app.bob.user;
    return orderFor(attendees.prepareSelf({ id, username, email: app.bob.email, full_name: null }).state, true);
  };

  it('is booked as the one that has been made meanwhile', async () => {
    const [order, eventId] = [ownOrder(), await app.createEvent()];
    const { attendee } = await app.book(await app.createEvent(), app.bob.headers);
    expect(await decided(eventId, [someoneNew(), order])).toEqual(['confirmed', 'confirmed']);
    expect(await app.bookings.findOne({ _id: order.id })).toMatchObject({ attendee_id: attendee.id });
    await audit(app, eventId);
  });

  it('is booked once, though they ask twice at once', async () => {
    const eventId = await app.createEvent();
    expect(await decided(eventId, [ownOrder(), someoneNew(), ownOrder()])).toEqual([
      'confirmed',
      'confirmed',
      'already-booked',
    ]);
    await audit(app, eventId);
  });
});

describe('more requests than may wait for one event', () => {
  it('are turned away for the moment, and nobody else is', async () => {
    const narrow = await app.again({ BOOKING_QUEUE_LIMIT: '1' });
    try {
      const eventId = await app.createEvent({ max_attendees: 10 });
      const asked = Array.from({ length: 60 }, () => narrow.ask(eventId, NOBODY, { attendee: guest() }));
      const answers = await Promise.all(asked);
      const of = (status: number) => answers.filter((answer) => answer.status === status);
      expect(of(201).length + of(409).length + of(503).length).toBe(60);
      expect(of(503).length).toBeGreaterThan(0);
      for (const { headers, body } of of(503)) {
        expect(headers['retry-after']).toMatch(/^[1-9]\d*$/);
        expect(body).toMatchObject({ code: 'unavailable' });
      }
      expect(await app.event(eventId)).toMatchObject({ booked_seats: of(201).length });
      // Who was turned away did not lose anything but time.
      for (let left = 10 - of(201).length; left > 0; left -= 1) await narrow.bookGuest(eventId);
      await narrow.ask(eventId, NOBODY, { attendee: guest() }).expect(409);
      await audit(app, eventId);
    } finally {
      await narrow.close();
    }
  });
});
