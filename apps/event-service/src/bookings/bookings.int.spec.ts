import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { signUp } from '#testing';
import type { Registered } from '../attendees/testing/attendees-app.js';
import { audit } from './testing/audit.js';
import { BookingsApp, guest, type Headers, holding, NOBODY } from './testing/bookings-app.js';

let app: BookingsApp;
let eventId: string;

beforeAll(async () => {
  app = await BookingsApp.start();
}, 60_000);
afterAll(() => app.close());
beforeEach(async () => {
  eventId = await app.createEvent({ max_attendees: 5 });
});

async function register(by: Headers, members: Record<string, unknown> = {}): Promise<Registered> {
  const answer = await app.send('post', '/v1/attendees', by, guest(members)).expect(201);
  return answer.body as Registered;
}

/** The code of the refusal. */
async function refused(status: number, by: Headers, body: object, event = eventId): Promise<string> {
  const answer = await app.ask(event, by, body).expect(status);
  return (answer.body as { code: string }).code;
}

describe('somebody without an account', () => {
  it('books, and is told once with what to manage the booking', async () => {
    const answer = await app.ask(eventId, NOBODY, { attendee: guest(), seats: 2 }).expect(201);
    const { attendee_token, ...booking } = answer.body as Awaited<ReturnType<typeof app.book>>;
    const { title, start_time } = await app.event(eventId);
    expect(booking).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      event: { id: eventId, title, start_time },
      attendee: { id: expect.stringMatching(/^[0-9a-f]{24}$/), name: 'Grace Hopper' },
      seats: 2,
      status: 'confirmed',
      code: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{10}$/),
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/),
    });
    expect(answer.headers).toMatchObject({ location: `/v1/bookings/${booking.id}`, 'cache-control': 'no-store' });

    const by = holding(attendee_token);
    await app.send('get', `/v1/bookings/${booking.id}`, by).expect(200, booking);
    await app.send('get', `/v1/attendees/${booking.attendee.id}`, by).expect(200);
    const { body: canceled } = await app.cancel(booking, by).expect(200);
    expect(canceled).toEqual({
      ...booking,
      status: 'canceled',
      canceled_at: expect.any(String),
      cancellation_reason: 'requested',
    });
  });

  it('books as an attendee whose token they hold, and is told no other', async () => {
    const { id, attendee_token } = await register(NOBODY);
    const booking = await app.book(eventId, holding(attendee_token));
    expect(booking).toMatchObject({ attendee: { id }, status: 'confirmed' });
    expect(booking).not.toHaveProperty('attendee_token');
    await app.cancel(booking, holding(attendee_token)).expect(200);
    expect(await app.book(eventId, holding(attendee_token), { attendee_id: id })).toMatchObject({ attendee: { id } });
  });

  it('has to say who comes', async () => {
    expect(await refused(401, NOBODY, {})).toBe('unauthenticated');
    expect(await refused(401, holding('nonsense'), {})).toBe('unauthenticated');
    expect(await refused(401, holding(`${newId()}.${'x'.repeat(43)}`), { seats: 2 })).toBe('unauthenticated');
  });

  it('does not book for an attendee without their token', async () => {
    const [{ id }, other] = [await register(NOBODY), await register(NOBODY)];
    expect(await refused(404, NOBODY, { attendee_id: id })).toBe('not-found');
    expect(await refused(404, holding(other.attendee_token), { attendee_id: id })).toBe('not-found');
  });
});

describe('a user', () => {
  it('books for themself, as the one attendee that they are', async () => {
    const carol = await signUp(app.service);
    const other = await app.createEvent();
    const booking = await app.book(eventId, carol.headers, { seats: 3 });
    expect(booking).toMatchObject({ attendee: { name: carol.user.username }, seats: 3 });
    expect(booking).not.toHaveProperty('attendee_token');
    expect((await app.book(other, carol.headers)).attendee).toEqual(booking.attendee);

    const { body: attendees } = await app.send('get', '/v1/attendees', carol.headers).expect(200);
    expect(attendees).toMatchObject({ data: [{ id: booking.attendee.id, email: carol.email }] });
    await app.send('get', `/v1/bookings/${booking.id}`, carol.headers).expect(200);
  });

  it('books for an attendee of theirs, and for somebody new', async () => {
    const mine = await register(app.bob.headers, { name: 'Mine' });
    expect(await app.book(eventId, app.bob.headers, { attendee_id: mine.id })).toMatchObject({
      attendee: { id: mine.id, name: 'Mine' },
    });
    const booked = await app.book(eventId, app.bob.headers, { attendee: guest({ name: 'New' }) });
    expect(booked.attendee.name).toBe('New');
    // Whoever comes manages it too, without an account.
    await app.send('get', `/v1/bookings/${booked.id}`, holding(booked.attendee_token)).expect(200);
    await app.send('get', `/v1/attendees/${booked.attendee.id}`, app.bob.headers).expect(200);
  });

  it('does not book for anybody else’s, and learns nothing of them', async () => {
    const [hers, nobodys] = [await register(app.eve.headers), await register(NOBODY)];
    for (const attendee_id of [hers.id, nobodys.id, newId()])
      expect(await refused(404, app.bob.headers, { attendee_id })).toBe('not-found');
  });

  it('books for another’s whose token they hold; an admin for anybody', async () => {
    const hers = await register(app.eve.headers);
    const both = { ...app.bob.headers, ...holding(hers.attendee_token) };
    const booking = await app.book(eventId, both, { attendee_id: hers.id });
    await app.cancel(booking, both).expect(200);
    const byAdmin = await app.book(eventId, app.admin.headers, { attendee_id: hers.id });
    // It is hers all the same.
    await app.send('get', `/v1/bookings/${byAdmin.id}`, app.eve.headers).expect(200);
  });

  it('is somebody new after removing who they were', async () => {
    const carol = await signUp(app.service);
    const first = await app.book(eventId, carol.headers);
    await app.send('delete', `/v1/attendees/${first.attendee.id}`, carol.headers).expect(204);
    const second = await app.book(await app.createEvent(), carol.headers);
    expect(second.attendee).toMatchObject({ name: carol.user.username });
    expect(second.attendee.id).not.toBe(first.attendee.id);
  });
});

describe('what is asked for', () => {
  it.each([
    [{ seats: 0 }, '/seats'],
    [{ seats: 11 }, '/seats'],
    [{ seats: 1.5 }, '/seats'],
    [{ seats: '2' }, '/seats'],
    [{ waitlist: 'yes' }, '/waitlist'],
    [{ attendee_id: 'nonsense' }, '/attendee_id'],
    [{ attendee_id: { $ne: null } }, '/attendee_id'],
    [{ attendee: { name: 'Grace' } }, '/attendee/email'],
    [{ attendee: { name: ' ', email: 'grace@example.com' } }, '/attendee/name'],
    [{ attendee_id: 'a'.repeat(24), attendee: { name: 'Grace', email: 'g@example.com' } }, '/attendee_id'],
    [{ status: 'confirmed' }, '/status'],
  ])('has to make sense: %j', async (body, pointer) => {
    const answer = await app.ask(eventId, app.bob.headers, body).expect(400);
    expect(answer.body).toMatchObject({ code: 'validation-failed', errors: [{ pointer }] });
  });

  it('is one to ten seats', async () => {
    const large = await app.createEvent({ max_attendees: 11 });
    await app.bookGuest(large, { seats: 10 });
    await app.bookGuest(large, { seats: 1 });
    expect(await app.event(large)).toMatchObject({ booked_seats: 11, seats_left: 0 });
  });

  it('is all of the seats or none', async () => {
    await app.bookGuest(eventId, { seats: 3 });
    expect(await refused(409, NOBODY, { attendee: guest(), seats: 3 })).toBe('event-full');
    await app.bookGuest(eventId, { seats: 2 });
    expect(await refused(409, NOBODY, { attendee: guest() })).toBe('event-full');
    await audit(app, eventId);
  });

  it('leaves nothing behind where it is refused', async () => {
    await app.bookGuest(eventId, { seats: 5 });
    const count = () => app.connection.collection('attendees').countDocuments();
    const before = await count();
    const carol = await signUp(app.service);
    expect(await refused(409, carol.headers, {})).toBe('event-full');
    expect(await refused(409, NOBODY, { attendee: guest() })).toBe('event-full');
    expect(await count()).toBe(before);
    await audit(app, eventId);
  });
});

describe('an event', () => {
  it('that is not there is not found', async () => {
    expect(await refused(404, app.bob.headers, {}, newId())).toBe('not-found');
    expect(await refused(404, NOBODY, { attendee: guest() }, newId())).toBe('not-found');
    await app.ask('nonsense', app.bob.headers).expect(404);
  });

  it.each(['canceled', 'completed'])('that is %s is not booked', async (status) => {
    await app.patchEvent(eventId, { status }).expect(200);
    expect(await refused(422, app.bob.headers, {})).toBe('event-not-bookable');
    expect(await refused(422, app.bob.headers, { waitlist: true })).toBe('event-not-bookable');
  });

  it('that has begun is not booked', async () => {
    await app.begin(eventId);
    expect(await refused(422, app.bob.headers, { waitlist: true })).toBe('event-not-bookable');
  });

  it('without a limit is never full', async () => {
    const open = await app.createEvent();
    for (let n = 0; n < 3; n += 1) await app.bookGuest(open, { seats: 10 });
    expect(await app.event(open)).toMatchObject({ booked_seats: 30, seats_left: null });
  });

  it('shows its seats as they are, under a new entity tag of the same version', async () => {
    const before = await app.send('get', `/v1/events/${eventId}`, NOBODY).expect(200);
    const booking = await app.bookGuest(eventId, { seats: 2 });
    const path = `/v1/events/${eventId}`;
    const tag = { 'if-none-match': before.headers['etag'] as string };
    const after = await app.send('get', path, tag).expect(200);
    expect(after.body).toMatchObject({ booked_seats: 2, seats_left: 3, version: 1 });
    await app.cancel(booking, booking.by).expect(200);
    expect((await app.send('get', path, NOBODY)).body).toMatchObject({ booked_seats: 0, seats_left: 5, version: 1 });
    // Whoever changes the event is not disturbed by bookings.
    await app
      .patchEvent(eventId, { title: 'Changed' })
      .set('if-match', before.headers['etag'] as string)
      .expect(200);
  });

  it('keeps room for those who have booked', async () => {
    await app.bookGuest(eventId, { seats: 3 });
    const { body } = await app.patchEvent(eventId, { max_attendees: 2 }).expect(409);
    expect(body).toMatchObject({ code: 'capacity-below-booked' });
    await app.patchEvent(eventId, { max_attendees: 3 }).expect(200);
    expect(await refused(409, NOBODY, { attendee: guest() })).toBe('event-full');
  });
});

describe('nobody books an event twice', () => {
  it('not as the same attendee', async () => {
    const mine = await register(app.bob.headers);
    const booking = await app.book(eventId, app.bob.headers, { attendee_id: mine.id });
    expect(await refused(409, app.bob.headers, { attendee_id: mine.id, waitlist: true })).toBe('already-booked');
    await app.checkIn(booking).expect(200);
    expect(await refused(409, app.bob.headers, { attendee_id: mine.id })).toBe('already-booked');
  });

  it('nor under the same address, in whatever case', async () => {
    const name = `Grace-${newId()}`;
    await app.book(eventId, NOBODY, { attendee: guest({ email: `${name}@Example.com` }) });
    const again = guest({ email: `${name.toUpperCase()}@EXAMPLE.COM` });
    expect(await refused(409, NOBODY, { attendee: again })).toBe('already-booked');
    expect(await refused(409, app.eve.headers, { attendee: again, waitlist: true })).toBe('already-booked');
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 1 });
  });

  it('nor while waiting', async () => {
    await app.bookGuest(eventId, { seats: 5 });
    const body = { attendee: guest(), waitlist: true };
    expect(await app.book(eventId, NOBODY, body)).toMatchObject({ status: 'waitlisted' });
    expect(await refused(409, NOBODY, body)).toBe('already-booked');
  });

  it('but another event, and again after canceling', async () => {
    const body = { attendee: guest() };
    const first = await app.book(eventId, NOBODY, body);
    await app.book(await app.createEvent(), NOBODY, body);
    await app.cancel(first, holding(first.attendee_token)).expect(200);
    const second = await app.book(eventId, NOBODY, body);
    expect(second.id).not.toBe(first.id);
    await audit(app, eventId);
  });
});
