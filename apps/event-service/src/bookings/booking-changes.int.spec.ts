import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { audit } from './testing/audit.js';
import { BookingsApp, type Headers, NOBODY } from './testing/bookings-app.js';

let app: BookingsApp;
let eventId: string;

beforeAll(async () => {
  app = await BookingsApp.start();
}, 60_000);
afterAll(() => app.close());
beforeEach(async () => {
  eventId = await app.createEvent({ max_attendees: 5 });
});

describe('canceling', () => {
  it('frees the seats at once, and a second time changes nothing', async () => {
    const booking = await app.bookGuest(eventId, { seats: 5 });
    const first = await app.cancel(booking, booking.by).expect(200);
    const rest = await app.bookGuest(eventId, { seats: 5 });
    const again = await app.cancel(booking, booking.by).expect(200);
    expect(again.body).toEqual(first.body);
    expect(again.headers['etag']).toBe(first.headers['etag']);
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 5, seats_left: 0 });
    expect((await app.booking(rest)).status).toBe('confirmed');
    await audit(app, eventId);
  });

  it('is for the owner, the creator of the event and admins', async () => {
    for (const by of [app.bob, app.ada, app.admin]) {
      const booking = await app.book(eventId, app.bob.headers);
      await app.cancel(booking, app.eve.headers).expect(404);
      await app.cancel(booking, NOBODY).expect(404);
      await app.cancel(booking, by.headers).expect(200);
    }
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 0 });
  });

  it('is possible where the event has begun, or is completed', async () => {
    const [one, two] = [await app.bookGuest(eventId), await app.bookGuest(eventId)];
    await app.begin(eventId);
    await app.cancel(one, one.by).expect(200);
    await app.patchEvent(eventId, { status: 'completed' }).expect(200);
    await app.cancel(two, two.by).expect(200);
    await audit(app, eventId);
  });
});

describe('the entity tag of a booking', () => {
  it('tells what has changed of all that is shown, and only the booking’s own version stands in If-Match', async () => {
    const booking = await app.bookGuest(eventId);
    const path = `/v1/bookings/${booking.id}`;
    const read = async (by: Headers) => app.send('get', path, { ...booking.by, ...by });
    const first = await read({});
    const tag = first.headers['etag'] as string;
    expect(first.headers['cache-control']).toBe('private, no-cache');
    expect((await read({ 'if-none-match': tag })).status).toBe(304);

    await app.patchEvent(eventId, { title: 'Another title' }).expect(200);
    const renamed = await read({ 'if-none-match': tag });
    expect(renamed.body).toMatchObject({ event: { title: 'Another title' } });
    await app.send('patch', `/v1/attendees/${booking.attendee.id}`, booking.by, { name: 'Amazing Grace' }).expect(200);
    const married = await read({ 'if-none-match': renamed.headers['etag'] as string });
    expect(married.body).toMatchObject({ attendee: { name: 'Amazing Grace' } });

    await app.cancel(booking, { ...booking.by, 'if-match': '"2"' }).expect(412);
    const canceled = await app.cancel(booking, { ...booking.by, 'if-match': tag }).expect(200);
    expect(canceled.headers['etag']).not.toBe(married.headers['etag']);
    await app.cancel(booking, { ...booking.by, 'if-match': tag }).expect(412);
  });

  it('stands in If-Match of a check-in too', async () => {
    const booking = await app.bookGuest(eventId);
    await app.checkIn(booking, { ...app.ada.headers, 'if-match': '"7"' }).expect(412);
    await app.checkIn(booking, { ...app.ada.headers, 'if-match': '"1"' }).expect(200);
  });
});

describe('checking in', () => {
  it('happens once, by the creator of the event or an admin', async () => {
    const [one, two] = [await app.bookGuest(eventId), await app.bookGuest(eventId)];
    const { body } = await app.checkIn(one).expect(200);
    expect(body).toMatchObject({ id: one.id, status: 'checked_in', checked_in_at: expect.any(String) });
    const { body: again } = await app.checkIn(one).expect(409);
    expect(again).toMatchObject({ code: 'already-checked-in' });
    await app.checkIn(two, app.admin.headers).expect(200);
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 2 });
    await audit(app, eventId);
  });

  it('is not for guests', async () => {
    const booking = await app.book(eventId, app.bob.headers);
    const nobodys = await app.bookGuest(eventId);
    await app.checkIn(booking, app.bob.headers).expect(403);
    await app.checkIn(nobodys, { ...app.bob.headers, ...nobodys.by }).expect(403);
    await app.checkIn(nobodys, nobodys.by).expect(401);
    await app.checkIn(booking, app.eve.headers).expect(404);
  });

  it('is for the confirmed', async () => {
    const canceled = await app.bookGuest(eventId);
    await app.cancel(canceled, canceled.by).expect(200);
    await app.bookGuest(eventId, { seats: 5 });
    const [waiting] = await app.waitlist(eventId, 1);
    for (const booking of [canceled, waiting!]) {
      const { body } = await app.checkIn(booking).expect(409);
      expect(body).toMatchObject({ code: 'booking-not-confirmed' });
    }
  });

  it('ends what the guest can change', async () => {
    const booking = await app.bookGuest(eventId);
    await app.checkIn(booking).expect(200);
    const { body } = await app.cancel(booking, booking.by).expect(409);
    expect(body).toMatchObject({ code: 'already-checked-in' });
  });
});
