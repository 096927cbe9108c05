import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GUEST_ACTOR } from '#contracts';
import { newId } from '#kernel';
import { continueTrace } from '#observability';
import type { AttendeeState } from '../attendees/attendee.js';
import { AttendeesService } from '../attendees/attendees.service.js';
import type { Registered } from '../attendees/testing/attendees-app.js';
import { type Order, BoxOffice } from './box-office.js';
import { audit } from './testing/audit.js';
import { BookingsApp, guest, holding, NOBODY } from './testing/bookings-app.js';

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
  return settled.map((one) => (one.status === 'fulfilled' ? one.value.booking.status : one.reason.code));
}

describe('an attendee who has changed since the order was taken', () => {
  it('is booked as they are now, and nobody beside them is held up', async () => {
    const eventId = await app.createEvent();
    const { state, path, by } = await registered();
    const email = `${newId()}@example.com`;
    await app.send('patch', path, by, { email }).expect(200);
    const t = performance.now();
    expect(await decided(eventId, [someoneNew(), orderFor(state, false), someoneNew()])).toEqual([
      'confirmed',
      'confirmed',
      'confirmed',
    ]);
    console.log(performance.now() - t);
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
});
