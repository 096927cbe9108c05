import { describe, expect, it } from '@jest/globals';
import { UsherError } from '#kernel';
import type { SeatRequest } from '../booking.js';
import { decideInOrder, type Standing, type Verdict } from './booking-batch.js';
import { anEvent, aRequest, at, canceled, confirmed, waiting } from '../testing/given.js';

const given = (members: Partial<Standing> = {}): Standing => ({
  event: anEvent(),
  bookings: [],
  nextTicket: 1,
  ...members,
});

/** A verdict in a word or two: the status of the booking and its ticket, or the code of the refusal. */
function inWords(verdict: Verdict): string {
  if (verdict.kind === 'refused') return verdict.error instanceof UsherError ? verdict.error.code : 'unexpected';
  if (verdict.kind === 'repeated') return `repeated ${verdict.booking.id}`;
  const { status, waitlist_ticket } = verdict.change.booking;
  return waitlist_ticket === null ? status : `${status} ${waitlist_ticket}`;
}

const decided = (standing: Standing, ...requests: SeatRequest[]): string[] =>
  decideInOrder(standing, requests, at('10:00')).map(inWords);

describe('requests that are decided together', () => {
  it('are decided in order of arrival, each on what those before it have left', () => {
    const event = anEvent({ max_attendees: 4 });
    const requests = [
      aRequest('bob', { seats: 2 }),
      aRequest('eve', { seats: 3 }),
      aRequest('joe', { seats: 2 }),
      aRequest('kim'),
    ];
    expect(decided(given({ event }), ...requests)).toEqual(['confirmed', 'event-full', 'confirmed', 'event-full']);
  });

  it('say what the event is right after each', () => {
    const [first, refused, second] = decideInOrder(
      given({ event: anEvent({ max_attendees: 2 }) }),
      [aRequest('bob'), aRequest('eve', { seats: 2 }), aRequest('joe', { seats: 2, waitlist: true })],
      at('10:00'),
    );
    expect(first).toMatchObject({ after: { booked_seats: 1, waitlist_length: 0, seats_version: 1 } });
    expect(refused).not.toHaveProperty('after');
    expect(second).toMatchObject({ after: { booked_seats: 1, waitlist_length: 1, seats_version: 2 } });
  });

  it('queue one behind the other, with no ticket left out', () => {
    const standing = given({ event: anEvent({ booked_seats: 9, waitlist_length: 3 }), nextTicket: 12 });
    const requests = [
      aRequest('bob', { waitlist: true }),
      aRequest('eve'),
      aRequest('joe', { waitlist: true }),
      aRequest('bob', { id: 'again', waitlist: true }),
      aRequest('kim', { seats: 10, waitlist: true }),
    ];
    expect(decided(standing, ...requests)).toEqual([
      'waitlisted 12',
      'event-full',
      'waitlisted 13',
      'already-booked',
      'waitlisted 14',
    ]);
  });

  it('are not overtaken once one of them waits', () => {
    const event = anEvent({ max_attendees: 3, booked_seats: 2 });
    const requests = [
      aRequest('bob', { seats: 2, waitlist: true }),
      aRequest('eve'),
      aRequest('joe', { waitlist: true }),
    ];
    expect(decided(given({ event }), ...requests)).toEqual(['waitlisted 1', 'event-full', 'waitlisted 2']);
  });

  it('are all refused where there is no such event', () => {
    expect(decided(given({ event: undefined }), aRequest('bob'), aRequest('eve'))).toEqual(['not-found', 'not-found']);
  });

  it('are all refused where it cannot be booked', () => {
    const event = anEvent({ status: 'canceled' });
    expect(decided(given({ event }), aRequest('bob'), aRequest('eve', { waitlist: true }))).toEqual([
      'event-not-bookable',
      'event-not-bookable',
    ]);
  });
});

describe('nobody books an event twice', () => {
  it('neither as the same attendee nor with the same address, within one batch', () => {
    const requests = [
      aRequest('bob'),
      aRequest('bob', { id: 'again', email_key: 'other@example.com' }),
      aRequest('bert', { email_key: 'bob@example.com' }),
    ];
    expect(decided(given(), ...requests)).toEqual(['confirmed', 'already-booked', 'already-booked']);
  });

  it.each([
    ['confirmed', confirmed('bob')],
    ['waiting', waiting('bob', 1)],
  ])('with a booking that is %s', (_, booking) => {
    const standing = given({ bookings: [booking] });
    expect(decided(standing, aRequest('bob', { id: 'again', email_key: 'other@example.com' }))).toEqual([
      'already-booked',
    ]);
    expect(decided(standing, aRequest('bert', { email_key: 'bob@example.com' }))).toEqual(['already-booked']);
  });

  it('is told so even where the event is full', () => {
    const standing = given({ event: anEvent({ booked_seats: 10 }), bookings: [confirmed('bob')] });
    expect(decided(standing, aRequest('bob', { id: 'again' }))).toEqual(['already-booked']);
  });

  it('but may after canceling', () => {
    const standing = given({ bookings: [canceled('bob')] });
    expect(decided(standing, aRequest('bob', { id: 'again' }))).toEqual(['confirmed']);
  });

  it('and a refused request stands in nobody’s way', () => {
    const event = anEvent({ booked_seats: 9 });
    const requests = [aRequest('bob', { seats: 2 }), aRequest('bob', { id: 'again' })];
    expect(decided(given({ event }), ...requests)).toEqual(['event-full', 'confirmed']);
  });
});

describe('a request that is repeated under its id', () => {
  it.each([
    ['confirmed', confirmed('bob')],
    ['waiting', waiting('bob', 1)],
    ['canceled since', canceled('bob')],
  ])('is answered with the booking that it made: %s', (_, booking) => {
    const [verdict] = decideInOrder(given({ bookings: [booking] }), [aRequest('bob')], at('10:00'));
    expect(verdict).toEqual({ kind: 'repeated', booking });
  });

  it('takes no second seat within one batch', () => {
    const event = anEvent({ booked_seats: 9 });
    expect(decided(given({ event }), aRequest('bob'), aRequest('bob'))).toEqual(['confirmed', 'repeated bob-booking']);
  });

  it('is answered so whatever has become of the event', () => {
    const bookings = [confirmed('bob')];
    expect(decided(given({ event: undefined, bookings }), aRequest('bob'))).toEqual(['repeated bob-booking']);
    expect(decided(given({ event: anEvent({ status: 'canceled' }), bookings }), aRequest('bob'))).toEqual([
      'repeated bob-booking',
    ]);
  });
});
