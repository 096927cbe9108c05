import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '#testing';
import { audit } from './testing/audit.js';
import { BookingsApp, guest, NOBODY } from './testing/bookings-app.js';

let app: BookingsApp;

beforeAll(async () => {
  app = await BookingsApp.start();
}, 60_000);
afterAll(() => app.close());

const allCanceled = (bookings: readonly { id: string }[]) =>
  until(async () => {
    const statuses = await app.standings(bookings);
    expect(statuses).toEqual(bookings.map(() => 'canceled'));
  });

describe('an event that is canceled', () => {
  it('cancels what waits and what is confirmed, and leaves who has come', async () => {
    const eventId = await app.createEvent({ max_attendees: 3 });
    const [here, coming] = [await app.bookGuest(eventId), await app.bookGuest(eventId, { seats: 2 })];
    const [waiting] = await app.waitlist(eventId, 1);
    await app.checkIn(here).expect(200);
    await app.send('post', `/v1/events/${eventId}/cancel`, app.ada.headers).expect(200);

    await allCanceled([coming, waiting!]);
    expect(await app.booking(coming)).toMatchObject({
      cancellation_reason: 'event-canceled',
      canceled_at: expect.any(String),
    });
    expect(await app.booking(waiting!)).toMatchObject({ cancellation_reason: 'event-canceled' });
    expect(await app.booking(here)).toMatchObject({ status: 'checked_in' });
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 1, waitlist_length: 0, status: 'canceled' });
    await audit(app, eventId);
  });

  it('promotes nobody into the seats of those whom it cancels', async () => {
    const eventId = await app.createEvent({ max_attendees: 1 });
    const holder = await app.bookGuest(eventId);
    const waiting = await app.waitlist(eventId, 1, 1, 1);
    await app.send('post', `/v1/events/${eventId}/cancel`, app.ada.headers).expect(200);
    await allCanceled([holder, ...waiting]);
    for (const { id } of waiting)
      expect((await app.log(`booking/${id}`)).map(({ type }) => type)).toEqual([
        'usher.booking.waitlisted',
        'usher.booking.canceled',
      ]);
  });

  it('cancels each once, as whoever canceled the event, and for that reason', async () => {
    const eventId = await app.createEvent();
    const booking = await app.bookGuest(eventId);
    await app.patchEvent(eventId, { status: 'canceled' }).expect(200);
    await allCanceled([booking]);
    const [event] = (await app.log(`event/${eventId}`)).slice(-1);
    const log = await app.log(`booking/${booking.id}`);
    expect(log).toHaveLength(2);
    const actor = { id: app.ada.user.id, username: app.ada.user.username };
    expect(log[1]).toMatchObject({
      type: 'usher.booking.canceled',
      actor,
      causationid: event?._id,
      correlationid: event?.correlationid,
      data: { actor, booking: { cancellation_reason: 'event-canceled' } },
    });
  });

  it('cancels more than one transaction takes', async () => {
    const eventId = await app.createEvent({ max_attendees: 110 });
    await Promise.all(Array.from({ length: 130 }, () => app.bookGuest(eventId, { waitlist: true })));
    await app.send('post', `/v1/events/${eventId}/cancel`, app.ada.headers).expect(200);
    await until(async () => expect(await app.bookings.countDocuments({ 'event.id': eventId, live: true })).toBe(0));
    expect(await app.event(eventId)).toMatchObject({ booked_seats: 0, waitlist_length: 0 });
    await audit(app, eventId);
  });
});

describe('an event that is deleted', () => {
  it('cancels its bookings, which tell still of what it was', async () => {
    const eventId = await app.createEvent({ max_attendees: 2 });
    const [here, coming] = [await app.bookGuest(eventId), await app.bookGuest(eventId)];
    const [waiting] = await app.waitlist(eventId, 1);
    await app.checkIn(here).expect(200);
    await app.patchEvent(eventId, { title: 'Gone' }).expect(200);
    await app.send('delete', `/v1/events/${eventId}`, app.ada.headers).expect(204);
    await allCanceled([coming, waiting!]);
    expect(await app.booking(coming)).toMatchObject({ cancellation_reason: 'event-deleted', event: { title: 'Gone' } });
    expect((await app.booking(here)).status).toBe('checked_in');
    const [, canceled] = await app.log(`booking/${coming.id}`);
    expect(canceled).toMatchObject({ data: { seats_left: null, event: { id: eventId, title: 'Gone' } } });
  });

  it('has its bookings canceled by hand where that comes first', async () => {
    const eventId = await app.createEvent();
    const booking = await app.bookGuest(eventId);
    await app.send('delete', `/v1/events/${eventId}`, app.ada.headers).expect(204);
    const { body } = await app.cancel(booking, booking.by).expect(200);
    expect(body).toMatchObject({ status: 'canceled' });
    await allCanceled([booking]);
    expect(await app.log(`booking/${booking.id}`)).toHaveLength(2);
  });
});

describe('an attendee who is removed', () => {
  it('has their live bookings canceled, whose seats go to those who wait; what is past stays, without a name', async () => {
    const [past, coming, full] = [
      await app.createEvent(),
      await app.createEvent({ max_attendees: 1 }),
      await app.createEvent({ max_attendees: 1 }),
    ];
    const { body } = await app.send('post', '/v1/attendees', app.bob.headers, guest({ name: 'Ada' })).expect(201);
    const { id: attendee_id } = body as { id: string };
    await app.bookGuest(full);
    const mine = { attendee_id, waitlist: true };
    const [was, is, waits] = [
      await app.book(past, app.bob.headers, mine),
      await app.book(coming, app.bob.headers, mine),
      await app.book(full, app.bob.headers, mine),
    ];
    const [next] = await app.waitlist(coming, 1);
    await app.checkIn(was).expect(200);
    expect(is.attendee.name).toBe('Ada');
    await app.send('delete', `/v1/attendees/${attendee_id}`, app.bob.headers).expect(204);

    await allCanceled([is, waits]);
    await until(async () => expect(await app.standings([next!])).toEqual(['confirmed']));
    expect(await app.booking(is)).toMatchObject({
      attendee: { id: attendee_id, name: null },
      cancellation_reason: 'attendee-removed',
    });
    expect(await app.booking(was)).toMatchObject({ status: 'checked_in', attendee: { id: attendee_id, name: null } });
    for (const eventId of [past, coming, full]) await audit(app, eventId);
  });

  it('leaves the address to others at once', async () => {
    const eventId = await app.createEvent();
    const attendee = guest();
    const booking = await app.book(eventId, app.bob.headers, { attendee });
    await app.ask(eventId, NOBODY, { attendee }).expect(409);
    await app.send('delete', `/v1/attendees/${booking.attendee.id}`, app.bob.headers).expect(204);
    await app.book(eventId, NOBODY, { attendee });
    await allCanceled([booking]);
    await audit(app, eventId);
  });

  it('leaves nothing of the person in what bookings keep', async () => {
    const eventId = await app.createEvent();
    const person = guest({ name: 'Erased Person', phone: '+49 30 901820', notes: 'No almonds' });
    const booking = await app.book(eventId, app.bob.headers, { attendee: person });
    await app.send('delete', `/v1/attendees/${booking.attendee.id}`, app.bob.headers).expect(204);
    await allCanceled([booking]);
    const collections = ['bookings', 'attendees', 'event_log', 'events'];
    const stored = await Promise.all(collections.map((name) => app.connection.collection(name).find().toArray()));
    for (const word of Object.values(person)) expect(JSON.stringify(stored)).not.toContain(word);
  });
});

describe('an attendee with another address', () => {
  it('books under that one, and leaves the first to others', async () => {
    const eventId = await app.createEvent();
    const [first, second] = [guest(), guest()];
    const booking = await app.book(eventId, app.bob.headers, { attendee: first });
    const path = `/v1/attendees/${booking.attendee.id}`;
    await app.send('patch', path, app.bob.headers, { email: (second['email'] as string).toUpperCase() }).expect(200);
    const { body } = await app.ask(eventId, NOBODY, { attendee: second }).expect(409);
    expect(body).toMatchObject({ code: 'already-booked' });
    await app.book(eventId, NOBODY, { attendee: first });
    await audit(app, eventId);
  });

  it('cannot take that of somebody who has booked the same event', async () => {
    const [eventId, other] = [await app.createEvent(), await app.createEvent()];
    const theirs = guest();
    const holder = await app.book(eventId, NOBODY, { attendee: theirs });
    await app.book(other, app.bob.headers, { attendee: guest() });
    const booking = await app.book(eventId, app.bob.headers, { attendee: guest() });
    const path = `/v1/attendees/${booking.attendee.id}`;
    const change = () => app.send('patch', path, app.bob.headers, { email: theirs['email'], name: 'Changed' });
    const { body } = await change().expect(409);
    expect(body).toMatchObject({ code: 'already-booked' });
    expect((await app.booking(booking)).attendee.name).not.toBe('Changed');
    await app.cancel(holder, app.ada.headers).expect(200);
    await change().expect(200);
    await audit(app, eventId);
  });
});
