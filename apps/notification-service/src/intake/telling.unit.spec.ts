import { describe, expect, it } from '@jest/globals';
import type { CancellationReason } from '#contracts';
import {
  type BookingAction,
  bookingData,
  type BookingOf,
  changedData,
  type Person,
  person,
  reminderData,
} from '../../test/messages.js';
import type { Happening } from './happening.js';
import { announcementOf } from './recipients.js';
import { Standings } from './standings.js';
import { type Announced, tell } from './telling.js';

const [ada, bob, cyd] = [person('ada'), person('bob'), person('cyd')];
const event = { id: '66ef00000000000000000001', by: ada };
const since = new Date('2026-11-19T10:00:00.000Z');
const at = new Date('2026-11-20T10:00:00.000Z');

const changed = (action: 'updated' | 'canceled' | 'deleted'): Happening => ({
  type: `usher.event.${action}`,
  data: changedData(event.id, ada),
});
const booking = (action: BookingAction, owner: Person | null, of: Partial<BookingOf> = {}): Happening => ({
  type: `usher.booking.${action}`,
  data: bookingData(action, { event, owner, ...of }),
});
const made = (id: string): Happening => booking('confirmed', bob, { id });
const canceled = (id: string, reason: CancellationReason = 'requested'): Happening =>
  booking('canceled', bob, { id, reason });
const cascaded = (owner: Person): Happening => booking('canceled', owner, { reason: 'event-canceled' });
const reminder: Happening = { type: 'usher.event.reminder', data: reminderData(event) };

/** What a batch at positions 11, 12 … says, to whom, and what it makes of the event's follows. */
function when(
  batch: readonly Happening[],
  { followers = [] as Person[], booked = [] as [Person, string[]][], deletedAt = Infinity } = {},
) {
  const standings = new Standings();
  const standing = standings.of(event.id);
  for (const { id } of followers) standing.know(id);
  for (const [{ id }, bookings] of booked) standing.know(id, { since, bookings });
  standing.deletedAt = deletedAt;
  const announced = batch.map((happening, index): Announced => ({
    position: 11 + index,
    archivedAt: at,
    announcement: announcementOf(happening, at)!,
  }));
  const { told, ...follows } = tell(announced, standings);
  const nameOf = (userId: string | null): string | undefined =>
    [ada, bob, cyd].find(({ id }) => id === userId)?.username;
  return {
    told: told.map(({ userId, announced: { announcement } }) => `${nameOf(userId)} ${announcement.rule.as}`),
    outdated: follows.outdated.map(({ userId }) => nameOf(userId)),
    booked: follows.booked.map(({ userId, follow }) => [nameOf(userId), follow.since, ...follow.bookings]),
    ended: follows.ended,
  };
}

describe('following by booking', () => {
  it.each(['confirmed', 'waitlisted'] as const)('begins with a booking that is %s', (action) => {
    expect(when([booking(action, bob, { id: 'b1' })])).toMatchObject({ outdated: [], booked: [['bob', at, 'b1']] });
  });

  it.each(['promoted', 'canceled', 'checked_in'] as const)('does not begin with one that is %s', (action) => {
    expect(when([booking(action, bob)]).booked).toEqual([]);
  });

  it('has the owner hear of what comes later in the same batch, and of nothing before', () => {
    expect(when([changed('updated'), booking('confirmed', bob), reminder, changed('updated')]).told).toEqual([
      'ada event.updated',
      'ada booking.confirmed',
      'bob booking.confirmed',
      'bob event.reminder',
      'ada event.updated',
      'bob event.updated',
    ]);
  });

  it('does not begin where nobody with an account booked', () => {
    expect(when([booking('confirmed', null)]).booked).toEqual([]);
  });

  it('does not begin with a booking whose message comes after the deletion of its event', () => {
    expect(when([booking('confirmed', bob)], { deletedAt: 7 })).toMatchObject({
      told: ['ada booking.confirmed', 'bob booking.confirmed'],
      booked: [],
    });
    const sameBatch = [changed('deleted'), booking('confirmed', bob), reminder];
    expect(when(sameBatch, { deletedAt: 11, followers: [cyd] })).toEqual({
      told: ['ada event.deleted', 'cyd event.deleted', 'ada booking.confirmed', 'bob booking.confirmed'],
      outdated: [],
      booked: [],
      ended: [event.id],
    });
  });

  it('ends with the deletion', () => {
    const { told, booked, ended } = when([booking('confirmed', bob), changed('deleted')], { deletedAt: 12 });
    expect(told).toContain('bob event.deleted');
    expect(booked).toEqual([]);
    expect(ended).toEqual([event.id]);
  });
});

/** Who follows, and by which bookings, when bob's are made and canceled: stored before, then after the batch. */
const BOOKINGS: [
  what: string,
  given: { followers?: Person[]; booked?: [Person, string[]][] },
  batch: Happening[],
  then: { outdated: string[]; booked: unknown[]; follows: boolean },
][] = [
  [
    'the only one is canceled',
    { booked: [[bob, ['b1']]] },
    [canceled('b1')],
    { outdated: ['bob'], booked: [], follows: false },
  ],
  [
    'the only one goes with its attendee',
    { booked: [[bob, ['b1']]] },
    [canceled('b1', 'attendee-removed')],
    { outdated: ['bob'], booked: [], follows: false },
  ],
  [
    'the only one goes with its event',
    { booked: [[bob, ['b1']]] },
    [canceled('b1', 'event-canceled')],
    { outdated: [], booked: [], follows: true },
  ],
  [
    'another one is made',
    { booked: [[bob, ['b1']]] },
    [made('b2')],
    { outdated: ['bob'], booked: [['bob', since, 'b1', 'b2']], follows: true },
  ],
  [
    'one of two is canceled',
    { booked: [[bob, ['b1', 'b2']]] },
    [canceled('b1')],
    { outdated: ['bob'], booked: [['bob', since, 'b2']], follows: true },
  ],
  [
    'both are canceled',
    { booked: [[bob, ['b1', 'b2']]] },
    [canceled('b2'), canceled('b1')],
    { outdated: ['bob'], booked: [], follows: false },
  ],
  ['one is made and canceled at once', {}, [made('b1'), canceled('b1')], { outdated: [], booked: [], follows: false }],
  [
    'one is canceled and another made, a new follow',
    { booked: [[bob, ['b1']]] },
    [canceled('b1'), made('b2')],
    { outdated: ['bob'], booked: [['bob', at, 'b2']], follows: true },
  ],
  [
    'one is canceled that was made before bob unfollowed',
    { booked: [[bob, ['b2']]] },
    [canceled('b1')],
    { outdated: [], booked: [], follows: true },
  ],
  [
    'one is canceled where bob has unfollowed since',
    {},
    [canceled('b1')],
    { outdated: [], booked: [], follows: false },
  ],
  [
    'one is made and canceled where bob has asked to follow',
    { followers: [bob] },
    [made('b1'), canceled('b1')],
    { outdated: [], booked: [], follows: true },
  ],
  [
    'one is promoted and checked in',
    { booked: [[bob, ['b1']]] },
    [booking('promoted', bob, { id: 'b1' }), booking('checked_in', bob, { id: 'b1' })],
    { outdated: [], booked: [], follows: true },
  ],
];

describe('a follow that is stored', () => {
  it.each(BOOKINGS)('when %s', (_, given, batch, { follows, ...then }) => {
    expect(when(batch, given)).toMatchObject(then);
    expect(when([...batch, reminder], given).told.includes('bob event.reminder')).toBe(follows);
  });

  it('ends between what comes before and what comes after in the same batch', () => {
    const { told } = when([reminder, canceled('b1'), changed('updated'), reminder], { booked: [[bob, ['b1']]] });
    expect(told).toEqual(['bob event.reminder', 'ada booking.canceled', 'bob booking.canceled', 'ada event.updated']);
  });

  it('is nobody else’s', () => {
    const others = booking('canceled', cyd, { id: 'b1' });
    expect(when([others], { booked: [[bob, ['b1']]], followers: [cyd] })).toMatchObject({ outdated: [], booked: [] });
  });
});

describe('the end of an event', () => {
  it('is told once to who follows it and has three bookings', () => {
    expect(when([changed('canceled'), cascaded(bob), cascaded(bob), cascaded(bob)], { followers: [bob] }).told).toEqual(
      ['ada event.canceled', 'bob event.canceled'],
    );
  });

  it('is told once, with the first of three bookings, to who does not follow', () => {
    expect(when([changed('canceled'), cascaded(bob), cascaded(cyd), cascaded(bob), cascaded(bob)]).told).toEqual([
      'ada event.canceled',
      'bob booking.canceled',
      'cyd booking.canceled',
    ]);
  });

  it('is news to who has canceled another booking of it on request', () => {
    const onRequest = booking('canceled', bob);
    expect(when([onRequest, changed('canceled'), cascaded(bob)]).told).toEqual([
      'ada booking.canceled',
      'bob booking.canceled',
      'ada event.canceled',
      'bob booking.canceled',
    ]);
  });
});
