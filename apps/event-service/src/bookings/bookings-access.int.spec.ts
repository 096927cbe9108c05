import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { newEvent } from '#testing';
import { newAttendeeToken } from '../attendees/attendee-token.js';
import { BookingsApp, type GuestBooking, guest, type Headers, holding, NOBODY } from './testing/bookings-app.js';

let app: BookingsApp;
/** Of ada’s event: bob’s, eve’s, and one of a guest. Of eve’s event: one of a guest. And one that is not there. */
let bookings: Record<Whose, { id: string }>;
let events: Record<'adas' | 'eves' | 'missing', string>;
let guests: Record<'guests' | 'elsewhere', GuestBooking>;

type Whose = 'bobs' | 'eves' | 'guests' | 'elsewhere' | 'missing';
const WHOSE: Whose[] = ['bobs', 'eves', 'guests', 'elsewhere', 'missing'];

beforeAll(async () => {
  app = await BookingsApp.start();
  const adas = await app.createEvent();
  const { body } = await app.send('post', '/v1/events', app.eve.headers, newEvent()).expect(201);
  events = { adas, eves: (body as { id: string }).id, missing: newId() };
  guests = { guests: await app.bookGuest(events.adas), elsewhere: await app.bookGuest(events.eves) };
  bookings = {
    bobs: await app.book(events.adas, app.bob.headers, { attendee: guest() }),
    eves: await app.book(events.adas, app.eve.headers),
    ...guests,
    missing: { id: newId() },
  };
}, 60_000);
afterAll(() => app.close());

/** Who asks, and which bookings they find; whose event it is they may check in besides. */
const callers: [string, () => Headers, Whose[], Whose[]][] = [
  ['nobody known', () => NOBODY, [], []],
  ['a user', () => app.bob.headers, ['bobs'], []],
  ['a user with an event of their own', () => app.eve.headers, ['eves', 'elsewhere'], ['elsewhere']],
  ['the creator', () => app.ada.headers, ['bobs', 'eves', 'guests'], ['bobs', 'eves', 'guests']],
  [
    'an admin',
    () => app.admin.headers,
    ['bobs', 'eves', 'guests', 'elsewhere'],
    ['bobs', 'eves', 'guests', 'elsewhere'],
  ],
  ['who holds the token of an attendee', () => guests.guests.by, ['guests'], []],
  ['who holds a token that was never given', () => holding(newAttendeeToken(guests.guests.attendee.id)), [], []],
  ['who sends what is no token', () => holding('nonsense'), [], []],
  ['a user who holds a token', () => ({ ...app.bob.headers, ...guests.guests.by }), ['bobs', 'guests'], []],
];

describe.each(callers)('%s', (_, by, found, checkable) => {
  const signedIn = () => 'authorization' in by();

  it(`finds ${found.join(', ') || 'nothing'}`, async () => {
    for (const whose of WHOSE) {
      const { status } = await app.send('get', `/v1/bookings/${bookings[whose].id}`, by());
      expect([whose, status]).toEqual([whose, found.includes(whose) ? 200 : 404]);
    }
  });

  // A version that no booking has: whoever gets so far may, and nothing changes.
  const stale = { 'if-match': '"99"' };

  it('may cancel what they find', async () => {
    for (const whose of WHOSE) {
      const { status } = await app.cancel(bookings[whose], { ...by(), ...stale });
      expect([whose, status]).toEqual([whose, found.includes(whose) ? 412 : 404]);
    }
  });

  it(`may check in ${checkable.join(', ') || 'nobody'}`, async () => {
    for (const whose of WHOSE) {
      const { status } = await app.checkIn(bookings[whose], { ...by(), ...stale });
      const refusal = found.includes(whose) ? 403 : 404;
      expect([whose, status]).toEqual([whose, !signedIn() ? 401 : checkable.includes(whose) ? 412 : refusal]);
    }
  });

  it('lists the bookings of their own events only', async () => {
    for (const [whose, event] of Object.entries(events)) {
      const { status } = await app.send('get', `/v1/events/${event}/bookings`, by());
      const own = checkable.includes(whose === 'adas' ? 'guests' : 'elsewhere');
      expect([whose, status]).toEqual([whose, !signedIn() ? 401 : whose === 'missing' ? 404 : own ? 200 : 403]);
    }
  });
});

describe('lists', () => {
  const named = (ids: readonly string[]) => WHOSE.filter((whose) => ids.includes(bookings[whose].id));
  async function list(by: Headers, query = ''): Promise<Whose[] | number> {
    const { status, body } = await app.send('get', `/v1/bookings${query}`, by);
    return status === 200 ? named((body as { data: { id: string }[] }).data.map(({ id }) => id)) : status;
  }

  it('hold one’s own where nothing is said', async () => {
    expect(await list(app.bob.headers)).toEqual(['bobs']);
    expect(await list(app.eve.headers)).toEqual(['eves']);
    expect(await list(app.ada.headers)).toEqual([]);
    expect(await list(app.admin.headers)).toEqual([]);
    expect(await list(guests.guests.by)).toEqual(['guests']);
    expect(await list(guests.elsewhere.by, '?as=owner')).toEqual(['elsewhere']);
    // Somebody who is signed in asks for what is theirs, whatever token they hold.
    expect(await list({ ...app.bob.headers, ...guests.guests.by })).toEqual(['bobs']);
  });

  it('hold those of one’s events, for their creator', async () => {
    expect(await list(app.ada.headers, '?as=creator')).toEqual(['bobs', 'eves', 'guests']);
    expect(await list(app.eve.headers, '?as=creator')).toEqual(['elsewhere']);
    expect(await list(app.bob.headers, '?as=creator')).toEqual([]);
  });

  it('hold everybody’s, for admins alone', async () => {
    expect(await list(app.admin.headers, '?as=admin')).toEqual(['bobs', 'eves', 'guests', 'elsewhere']);
    expect(await list(app.ada.headers, '?as=admin')).toBe(403);
  });

  it('are for nobody unknown', async () => {
    for (const by of [NOBODY, holding('nonsense'), holding(newAttendeeToken(guests.guests.attendee.id))])
      expect(await list(by)).toBe(401);
    for (const as of ['creator', 'admin']) expect(await list(guests.guests.by, `?as=${as}`)).toBe(401);
  });

  it('never reach into another’s by naming the event', async () => {
    expect(await list(app.bob.headers, `?event_id=${events.adas}`)).toEqual(['bobs']);
    expect(await list(app.bob.headers, `?event_id=${events.eves}`)).toEqual([]);
    expect(await list(app.ada.headers, `?as=creator&event_id=${events.eves}`)).toEqual([]);
    expect(await list(guests.guests.by, `?event_id=${events.eves}`)).toEqual([]);
  });

  it('are kept by no cache on the way', async () => {
    for (const path of ['/v1/bookings', `/v1/bookings/${bookings.guests.id}`]) {
      const { headers } = await app.send('get', path, guests.guests.by).expect(200);
      expect([path, headers['cache-control']]).toEqual([path, 'private, no-cache']);
    }
  });
});
