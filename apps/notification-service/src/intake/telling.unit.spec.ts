import { describe, expect, it } from '@jest/globals';
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
const at = new Date('2026-11-20T10:00:00.000Z');

const changed = (action: 'updated' | 'canceled' | 'deleted'): Happening => ({
  type: `usher.event.${action}`,
  data: changedData(event.id, ada),
});
const booking = (action: BookingAction, owner: Person | null, of: Partial<BookingOf> = {}): Happening => ({
  type: `usher.booking.${action}`,
  data: bookingData(action, { event, owner, ...of }),
});
const cascaded = (owner: Person): Happening => booking('canceled', owner, { reason: 'event-canceled' });
const reminder: Happening = { type: 'usher.event.reminder', data: reminderData(event) };

/** What a batch at positions 11, 12 … says, to whom, and what it makes of the event's follows. */
function when(batch: readonly Happening[], { followers = [] as Person[], deletedAt = Infinity } = {}) {
  const standings = new Standings();
  const standing = standings.of(event.id);
  for (const { id } of followers) standing.followers.add(id);
  standing.deletedAt = deletedAt;
  const announced = batch.map((happening, index): Announced => ({
    position: 11 + index,
    announcement: announcementOf(happening, at)!,
  }));
  const { told, begun, ended } = tell(announced, standings);
  const nameOf = (userId: string | null): string | undefined =>
    [ada, bob, cyd].find(({ id }) => id === userId)?.username;
  return {
    told: told.map(({ userId, announced: { announcement } }) => `${nameOf(userId)} ${announcement.rule.as}`),
    begun: begun.map(({ userId }) => nameOf(userId)),
    ended,
  };
}

describe('following by booking', () => {
  it.each(['confirmed', 'waitlisted'] as const)('begins with a booking that is %s', (action) => {
    expect(when([booking(action, bob)]).begun).toEqual(['bob']);
  });

  it.each(['promoted', 'canceled', 'checked_in'] as const)('does not begin with one that is %s', (action) => {
    expect(when([booking(action, bob)]).begun).toEqual([]);
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
    expect(when([booking('confirmed', null)]).begun).toEqual([]);
  });

  it('does not begin with a booking whose message comes after the deletion of its event', () => {
    expect(when([booking('confirmed', bob)], { deletedAt: 7 })).toMatchObject({
      told: ['ada booking.confirmed', 'bob booking.confirmed'],
      begun: [],
    });
    const sameBatch = [changed('deleted'), booking('confirmed', bob), reminder];
    expect(when(sameBatch, { deletedAt: 11, followers: [cyd] })).toEqual({
      told: ['ada event.deleted', 'cyd event.deleted', 'ada booking.confirmed', 'bob booking.confirmed'],
      begun: [],
      ended: [event.id],
    });
  });

  it('ends with the deletion', () => {
    const { told, ended } = when([booking('confirmed', bob), changed('deleted')], { deletedAt: 12 });
    expect(told).toContain('bob event.deleted');
    expect(ended).toEqual([event.id]);
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
