import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { audit } from './testing/audit.js';
import type { BookedResource } from './bookings.dto.js';
import { BookingsApp, guest, type Headers, holding, NOBODY } from './testing/bookings-app.js';

let app: BookingsApp;

beforeAll(async () => {
  app = await BookingsApp.start();
}, 60_000);
afterAll(() => app.close());

/** A request that can be repeated to the letter. */
function repeatable(eventId: string, by: Headers, body: object) {
  const key = { 'idempotency-key': newId() };
  return () => app.ask(eventId, { ...by, ...key }, body);
}

/** Has the answers of all requests lost, as by a crash right after the commit. */
const crash = () =>
  app.connection
    .collection('idempotency_keys')
    .updateMany({}, { $set: { state: 'running', answer: null, lease_ends_at: new Date(0) } });

const attendees = (email: unknown) => app.connection.collection('attendees').countDocuments({ email });

describe('a request with an Idempotency-Key', () => {
  it('has one answer, with the token that is told once', async () => {
    const eventId = await app.createEvent({ max_attendees: 1 });
    const attendee = guest();
    const ask = repeatable(eventId, NOBODY, { attendee });
    const first = await ask().expect(201);
    const again = await ask().expect(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers).toMatchObject({
      'idempotency-replayed': 'true',
      etag: first.headers['etag'],
      location: first.headers['location'],
    });
    const { attendee: known, attendee_token } = again.body as BookedResource;
    await app.send('get', `/v1/attendees/${known.id}`, holding(attendee_token)).expect(200);
    expect(await attendees(attendee['email'])).toBe(1);
    await audit(app, eventId);
  });

  it('is made once, though it arrives many times at once', async () => {
    const eventId = await app.createEvent();
    const ask = repeatable(eventId, app.bob.headers, {});
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask()));
    const booked = answers.filter(({ status }) => status === 201).map(({ body }) => (body as BookedResource).id);
    expect(new Set(booked).size).toBe(1);
    for (const { status, body } of answers)
      if (status !== 201) expect(body).toMatchObject({ status: 409, code: 'idempotency-in-flight' });
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 1 });
  });

  it('that was refused stays so', async () => {
    const eventId = await app.createEvent({ max_attendees: 1 });
    const holder = await app.bookGuest(eventId);
    const ask = repeatable(eventId, app.bob.headers, {});
    await ask().expect(409);
    await app.cancel(holder, holder.by).expect(200);
    const { body } = await ask().expect(409);
    expect(body).toMatchObject({ code: 'event-full' });
    await app.book(eventId, app.bob.headers);
  });
});

describe('a repetition after a crash', () => {
  it('finds the booking and its one attendee, and renews the token that nobody was told', async () => {
    const eventId = await app.createEvent({ max_attendees: 1 });
    const attendee = guest();
    const ask = repeatable(eventId, NOBODY, { attendee });
    const { attendee_token: lost, ...first } = (await ask().expect(201)).body as BookedResource;
    await crash();
    const answer = await ask().expect(201);
    const { attendee_token: renewed, ...again } = answer.body as BookedResource;
    expect(again).toEqual(first);
    expect(answer.headers['location']).toBe(`/v1/bookings/${first.id}`);
    expect(renewed).not.toBe(lost);
    await app.cancel(first, holding(lost)).expect(404);
    await app.cancel(first, holding(renewed)).expect(200);
    expect(await attendees(attendee['email'])).toBe(1);
    await audit(app, eventId);
  });

  it('finds what a user has booked for themself', async () => {
    const eventId = await app.createEvent({ max_attendees: 1 });
    const ask = repeatable(eventId, app.bob.headers, {});
    const { body } = await ask().expect(201);
    await crash();
    await ask().expect(201, body as object);
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 1 });
  });

  it('finds the place in line as it is by now', async () => {
    const eventId = await app.createEvent({ max_attendees: 1 });
    await app.bookGuest(eventId);
    const [head] = await app.waitlist(eventId, 1);
    const ask = repeatable(eventId, app.bob.headers, { waitlist: true });
    expect((await ask().expect(201)).body).toMatchObject({ waitlist_position: 2 });
    await app.cancel(head!, head!.by).expect(200);
    await crash();
    expect((await ask().expect(201)).body).toMatchObject({ status: 'waitlisted', waitlist_position: 1 });
    expect(await app.event(eventId)).toMatchObject({ waitlist_length: 1 });
  });

  it.each(['cancel', 'delete'])('finds it, whatever has become of the event: %s', async (end) => {
    const eventId = await app.createEvent();
    const ask = repeatable(eventId, app.bob.headers, {});
    const { id } = (await ask().expect(201)).body as BookedResource;
    if (end === 'cancel') await app.send('post', `/v1/events/${eventId}/cancel`, app.ada.headers).expect(200);
    else await app.send('delete', `/v1/events/${eventId}`, app.ada.headers).expect(204);
    await crash();
    expect((await ask().expect(201)).body).toMatchObject({ id });
  });

  it('does not bring back an attendee who has been removed', async () => {
    const eventId = await app.createEvent();
    const attendee = guest();
    const ask = repeatable(eventId, NOBODY, { attendee });
    const booked = (await ask().expect(201)).body as BookedResource;
    await app.send('delete', `/v1/attendees/${booked.attendee.id}`, holding(booked.attendee_token)).expect(204);
    await crash();
    const { body } = await ask().expect(409);
    expect(body).toMatchObject({ code: 'conflict' });
    expect(await attendees(attendee['email'])).toBe(0);
  });
});
