import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '#testing';
import { audit } from './testing/audit.js';
import type { BookedResource } from './bookings.dto.js';
import { BookingsApp, guest, holding, NOBODY } from './testing/bookings-app.js';

let app: BookingsApp;

beforeAll(async () => {
  app = await BookingsApp.start();
}, 60_000);
afterAll(() => app.close());

/** A full event, and who has all of its seats. */
async function full(max_attendees = 4) {
  const eventId = await app.createEvent({ max_attendees });
  return { eventId, holder: await app.bookGuest(eventId, { seats: max_attendees }) };
}

const becomes = (bookings: readonly { id: string }[], expected: readonly string[]) =>
  until(async () => expect(await app.standings(bookings)).toEqual(expected));

describe('a full event', () => {
  it('has one wait who wants to, and tells the place in line', async () => {
    const { eventId } = await full();
    const { body, headers } = await app.ask(eventId, NOBODY, { attendee: guest(), waitlist: true }).expect(201);
    expect(body).toMatchObject({ status: 'waitlisted', waitlist_position: 1, seats: 1 });
    expect(headers['location']).toBe(`/v1/bookings/${(body as { id: string }).id}`);
    expect((await app.waitlist(eventId, 2))[0]).toMatchObject({ status: 'waitlisted', waitlist_position: 2 });
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 4, seats_left: 0, waitlist_length: 2 });
    await audit(app, eventId);
  });

  it('confirms at once who says that they would wait, where there is room', async () => {
    const eventId = await app.createEvent({ max_attendees: 1 });
    const [booking] = await app.waitlist(eventId, 1);
    expect(booking).toMatchObject({ status: 'confirmed' });
    expect(booking).not.toHaveProperty('waitlist_position');
  });

  it('has nobody wait for more seats than it has in all', async () => {
    const { eventId } = await full(4);
    const { body } = await app.ask(eventId, NOBODY, { attendee: guest(), seats: 5, waitlist: true }).expect(409);
    expect(body).toMatchObject({ code: 'event-full' });
  });

  it('is no event to be found as available, nor while somebody waits for what is free', async () => {
    const { eventId, holder } = await full(4);
    const available = async () => {
      const answer = await app.send('get', `/v1/events?available=true&created_by=${app.ada.user.id}&limit=100`, NOBODY);
      return (answer.body as { data: { id: string }[] }).data.some(({ id }) => id === eventId);
    };
    expect(await available()).toBe(false);
    const [waiting] = await app.waitlist(eventId, 4);
    await app.cancel(holder, holder.by).expect(200);
    await becomes([waiting!], ['confirmed']);
    expect(await available()).toBe(false);
    await app.cancel(waiting!, waiting!.by).expect(200);
    await until(async () => expect(await available()).toBe(true));
  });
});

describe('the line', () => {
  it('closes up when somebody leaves it', async () => {
    const { eventId } = await full();
    const waiting = await app.waitlist(eventId, 1, 1, 1, 1, 1);
    await app.cancel(waiting[1]!, waiting[1]!.by).expect(200);
    await app.cancel(waiting[3]!, waiting[3]!.by).expect(200);
    const late = await app.waitlist(eventId, 1);
    const expected = ['waitlisted 1', 'canceled', 'waitlisted 2', 'canceled', 'waitlisted 3', 'waitlisted 4'];
    expect(await app.standings([...waiting, ...late])).toEqual(expected);
    await audit(app, eventId);
  });

  it('has everybody at a place of their own at every moment, while people leave it', async () => {
    const { eventId } = await full();
    const waiting = await app.waitlist(eventId, ...Array.from({ length: 12 }, () => 1));
    const leaving = waiting.filter((_, n) => n % 2 === 1);
    const path = `/v1/events/${eventId}/bookings?status=waitlisted&limit=100`;
    const left = Promise.all(leaving.map((one) => app.cancel(one, one.by).expect(200)));
    for (let reads = 0; reads < 10; reads += 1) {
      const { body } = await app.send('get', path, app.ada.headers).expect(200);
      const places = (body as { data: { waitlist_position: number }[] }).data.map((one) => one.waitlist_position);
      expect(places.reverse()).toEqual(places.map((_, n) => n + 1));
    }
    await left;
    const staying = waiting.filter((_, n) => n % 2 === 0);
    expect(await app.standings(staying)).toEqual(staying.map((_, n) => `waitlisted ${n + 1}`));
  });

  it('tells each of those who join it at once a place of their own, which it shows from then on', async () => {
    const { eventId } = await full();
    const join = () => app.ask(eventId, NOBODY, { attendee: guest(), waitlist: true }).expect(201);
    const joined = await Promise.all(Array.from({ length: 20 }, join));
    const answers = joined.map(({ body }) => body as BookedResource);
    const places = answers.map(({ waitlist_position }) => waitlist_position ?? 0);
    expect([...places].sort((one, other) => one - other)).toEqual(places.map((_, n) => n + 1));
    expect(await app.standings(answers)).toEqual(places.map((place) => `waitlisted ${place}`));
    for (const [n, { id, attendee_token }] of answers.entries()) {
      const tag = { 'if-none-match': joined[n]!.headers['etag'] as string };
      await app.send('get', `/v1/bookings/${id}`, { ...holding(attendee_token), ...tag }).expect(304);
    }
  });

  it('shows one’s place anew, under another entity tag', async () => {
    const { eventId } = await full();
    const [first, second] = await app.waitlist(eventId, 1, 1);
    const path = `/v1/bookings/${second!.id}`;
    const before = await app.send('get', path, second!.by).expect(200);
    await app.cancel(first!, first!.by).expect(200);
    const tag = { 'if-none-match': before.headers['etag'] as string };
    const after = await app.send('get', path, { ...second!.by, ...tag }).expect(200);
    expect(after.body).toMatchObject({ waitlist_position: 1 });
  });

  it('is not overtaken by who comes while seats are free for its head only', async () => {
    const { eventId, holder } = await full(4);
    const [head] = await app.waitlist(eventId, 3);
    await app.patchEvent(eventId, { max_attendees: 6 }).expect(200);
    const { body } = await app.ask(eventId, NOBODY, { attendee: guest() }).expect(409);
    expect(body).toMatchObject({ code: 'event-full', detail: expect.stringContaining('wait') });
    await app.reacted();
    expect(await app.standings([head!, holder])).toEqual(['waitlisted 1', 'confirmed']);
    await audit(app, eventId);
  });
});

describe('seats that get free', () => {
  it('go to those who wait, first come, first served, all or nothing', async () => {
    const { eventId, holder } = await full(4);
    const waiting = await app.waitlist(eventId, 2, 3, 1, 1);
    await app.cancel(holder, holder.by).expect(200);
    await becomes(waiting, ['confirmed', 'waitlisted 1', 'waitlisted 2', 'waitlisted 3']);
    await app.reacted();
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 2, seats_left: 2, waitlist_length: 3 });

    await app.cancel(waiting[0]!, waiting[0]!.by).expect(200);
    await becomes(waiting, ['canceled', 'confirmed', 'confirmed', 'waitlisted 1']);
    await audit(app, eventId);
  });

  it('go on to those behind when the head of the line leaves', async () => {
    const { eventId } = await full(4);
    const waiting = await app.waitlist(eventId, 3, 1, 1);
    await app.patchEvent(eventId, { max_attendees: 6 }).expect(200);
    await app.reacted();
    expect(await app.standings(waiting)).toEqual(['waitlisted 1', 'waitlisted 2', 'waitlisted 3']);
    await app.cancel(waiting[0]!, waiting[0]!.by).expect(200);
    await becomes(waiting, ['canceled', 'confirmed', 'confirmed']);
    await audit(app, eventId);
  });

  it('are not only those of canceled bookings: the event may grow', async () => {
    const { eventId } = await full(4);
    const waiting = await app.waitlist(eventId, 1, 2, 2);
    await app.patchEvent(eventId, { max_attendees: 7 }).expect(200);
    await becomes(waiting, ['confirmed', 'confirmed', 'waitlisted 1']);
    await app.patchEvent(eventId, { max_attendees: null }).expect(200);
    await becomes(waiting, ['confirmed', 'confirmed', 'confirmed']);
    await audit(app, eventId);
  });

  it('go past who could not fit into the whole event any more, and that booking is canceled', async () => {
    const eventId = await app.createEvent({ max_attendees: 4 });
    const [one, two] = [await app.bookGuest(eventId, { seats: 2 }), await app.bookGuest(eventId, { seats: 2 })];
    const waiting = await app.waitlist(eventId, 4, 1);
    await app.cancel(one, one.by).expect(200);
    await app.reacted();
    expect(await app.standings(waiting)).toEqual(['waitlisted 1', 'waitlisted 2']);
    await app.patchEvent(eventId, { max_attendees: 3 }).expect(200);
    await becomes([...waiting, two], ['canceled', 'confirmed', 'confirmed']);
    expect(await app.booking(waiting[0]!)).toMatchObject({ cancellation_reason: 'capacity-lowered' });
    // Nobody is in the way of those who come now.
    await app.patchEvent(eventId, { max_attendees: 4 }).expect(200);
    await app.ask(eventId, NOBODY, { attendee: guest() }).expect(201);
    await audit(app, eventId);
  });

  it('go to nobody once the event has begun', async () => {
    const { eventId, holder } = await full(4);
    const [waiting] = await app.waitlist(eventId, 1);
    await app.begin(eventId);
    await app.cancel(holder, holder.by).expect(200);
    await app.reacted();
    expect(await app.standings([waiting!])).toEqual(['waitlisted 1']);
  });

  it('are given though the instance that freed them cannot reach the broker, and ends: the log is another’s to publish', async () => {
    const { eventId, holder } = await full(2);
    const waiting = await app.waitlist(eventId, 1, 1);
    await app.reacted();
    const cutOff = await app.again({ RABBITMQ_URL: 'amqp://127.0.0.1:1' });
    await cutOff.cancel(holder, holder.by).expect(200);
    await cutOff.close();
    await becomes(waiting, ['confirmed', 'confirmed']);
    await audit(app, eventId);
  });

  it('are shared out to more than one transaction takes', async () => {
    const { eventId } = await full(1);
    const waiting = await Promise.all(Array.from({ length: 120 }, () => app.bookGuest(eventId, { waitlist: true })));
    await app.patchEvent(eventId, { max_attendees: 116 }).expect(200);
    await until(async () => expect(await app.event(eventId)).toMatchObject({ booked_seats: 116, waitlist_length: 5 }));
    const left = await app.bookings.find({ 'event.id': eventId, status: 'waitlisted' }).toArray();
    expect(left.map(({ waitlist_ticket }) => waitlist_ticket).sort((a, b) => a! - b!)).toEqual([
      116, 117, 118, 119, 120,
    ]);
    expect(waiting).toHaveLength(120);
    await audit(app, eventId);
  });
});
