import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import type { BookingResource } from './bookings.dto.js';
import { BookingsApp, guest, type Headers } from './testing/bookings-app.js';

let app: BookingsApp;
let eventId: string;
/** Of one event, oldest first: five of bob’s of whom two wait and one is canceled, and one of nobody’s. */
let booked: { id: string }[];
let elsewhere: { id: string };

beforeAll(async () => {
  app = await BookingsApp.start();
  eventId = await app.createEvent({ max_attendees: 4, title: 'Jazz night' });
  elsewhere = await app.book(await app.createEvent(), app.bob.headers);
  booked = [];
  const book = () => app.book(eventId, app.bob.headers, { attendee: guest(), waitlist: true });
  for (let n = 0; n < 3; n += 1) booked.push(await book());
  booked.push(await app.bookGuest(eventId));
  await app.checkIn(booked[0]!).expect(200);
  for (let n = 0; n < 3; n += 1) booked.push(await book());
  await app.cancel(booked[5]!, app.bob.headers).expect(200);
}, 60_000);
afterAll(() => app.close());

interface List {
  data: BookingResource[];
  next_cursor: string | null;
}
const read = async (path: string, by: Headers) => {
  const { body, headers } = await app.send('get', path, by).expect(200);
  return { ...(body as List), link: headers['link'] };
};
/** The numbers of those that are listed, in the order of the list; `x` for the one elsewhere. */
const numbers = ({ data }: List) =>
  data.map(({ id }) => (id === elsewhere.id ? 'x' : booked.findIndex((one) => one.id === id)));

describe('a list of bookings', () => {
  it('is of all of one’s own, newest first, as each is answered by itself', async () => {
    const list = await read('/v1/bookings', app.bob.headers);
    expect(numbers(list)).toEqual([6, 5, 4, 2, 1, 0, 'x']);
    expect(list).toMatchObject({ next_cursor: null, link: undefined });
    for (const booking of list.data)
      await app.send('get', `/v1/bookings/${booking.id}`, app.bob.headers).expect(200, booking);
  });

  it('is of one event', async () => {
    expect(numbers(await read(`/v1/bookings?event_id=${eventId}`, app.bob.headers))).toEqual([6, 5, 4, 2, 1, 0]);
    expect(numbers(await read(`/v1/bookings?event_id=${newId()}`, app.bob.headers))).toEqual([]);
  });

  it.each([
    ['confirmed', [2, 1]],
    ['checked_in', [0]],
    ['waitlisted', [6, 4]],
    ['canceled', [5]],
  ])('is of those that are %s', async (status, expected) => {
    const path = `/v1/bookings?event_id=${eventId}&status=${status}`;
    expect(numbers(await read(path, app.bob.headers))).toEqual(expected);
  });

  it('tells the place in line of each that waits, and of no other', async () => {
    const { data } = await read(`/v1/bookings?event_id=${eventId}`, app.bob.headers);
    expect(data.map(({ waitlist_position }) => waitlist_position)).toEqual([2, undefined, 1, ...Array(3)]);
  });

  it.each(['status=gone', 'as=everybody', 'event_id=7', 'limit=0', 'limit=101', 'cursor=nonsense', 'owner_id=x'])(
    'has to be asked for properly: %s',
    async (query) => {
      await app.send('get', `/v1/bookings?${query}`, app.bob.headers).expect(400);
    },
  );

  it.each([
    ['one’s own', () => '/v1/bookings', () => app.bob.headers, [6, 5, 4, 2, 1, 0, 'x']],
    ['an event’s', () => `/v1/events/${eventId}/bookings`, () => app.ada.headers, [6, 5, 4, 3, 2, 1, 0]],
    ['one’s events’', () => '/v1/bookings?as=creator', () => app.ada.headers, [6, 5, 4, 3, 2, 1, 0, 'x']],
    ['everybody’s', () => '/v1/bookings?as=admin', () => app.admin.headers, [6, 5, 4, 3, 2, 1, 0, 'x']],
  ])('comes in pages that miss and repeat nothing: %s', async (_, path, by, expected) => {
    const seen: (string | number)[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const url = `${path()}${path().includes('?') ? '&' : '?'}limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: List & { link: string | undefined } = await read(url, by());
      seen.push(...numbers(page));
      cursor = page.next_cursor;
      expect(page.link?.includes(`cursor=${cursor ?? 'none'}`) ?? false).toBe(cursor !== null);
    }
    expect(seen).toEqual(expected);
  });
});

describe('the list of an event', () => {
  it('is of everybody’s, for its creator and admins', async () => {
    for (const by of [app.ada, app.admin])
      expect(numbers(await read(`/v1/events/${eventId}/bookings`, by.headers))).toEqual([6, 5, 4, 3, 2, 1, 0]);
  });

  it('is of one status', async () => {
    const path = `/v1/events/${eventId}/bookings?status=confirmed`;
    expect(numbers(await read(path, app.ada.headers))).toEqual([3, 2, 1]);
  });

  it('names who comes, and nothing more of them', async () => {
    const { data } = await read(`/v1/events/${eventId}/bookings`, app.ada.headers);
    for (const { attendee } of data) expect(attendee).toEqual({ id: expect.any(String), name: 'Grace Hopper' });
  });
});
