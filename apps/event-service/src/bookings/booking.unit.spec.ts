import { describe, expect, it } from '@jest/globals';
import { book, cancelBooking, checkInBooking, isLive, moveSeats, promoteWaiting, streamOf } from './booking.js';
import { anEvent, aRequest, at, canceled, checkedIn, confirmed, refusal, waiting } from './testing/given.js';

const seats = ({ booked_seats, waitlist_length, seats_version }: ReturnType<typeof anEvent>) => ({
  booked_seats,
  waitlist_length,
  seats_version,
});

describe('booking', () => {
  it('is confirmed where the seats are free', () => {
    const { type, before, booking } = book(anEvent(), aRequest('bob', { seats: 3, owner_id: 'owner' }), 1, at('10:00'));
    expect(type).toBe('usher.booking.confirmed');
    expect(before).toBeUndefined();
    expect(booking).toEqual({
      id: 'bob-booking',
      event: {
        id: 'e'.repeat(24),
        title: 'Jazz night',
        start_time: at('18:00'),
        created_by: { id: 'a'.repeat(24), username: 'ada' },
      },
      attendee_id: 'bob',
      email_key: 'bob@example.com',
      owner_id: 'owner',
      seats: 3,
      status: 'confirmed',
      code: 'bob-code',
      waitlist_ticket: null,
      cancellation_reason: null,
      version: 1,
      created_at: at('10:00'),
      updated_at: at('10:00'),
      canceled_at: null,
      checked_in_at: null,
    });
  });

  it('takes the last seat, and not one more', () => {
    const event = anEvent({ booked_seats: 9 });
    expect(book(event, aRequest('bob'), 1, at('10:00')).booking.status).toBe('confirmed');
    expect(refusal(() => book(event, aRequest('bob', { seats: 2 }), 1, at('10:00')))).toBe('event-full');
    expect(refusal(() => book(anEvent({ booked_seats: 10 }), aRequest('bob'), 1, at('10:00')))).toBe('event-full');
  });

  it('finds room without end where there is no limit', () => {
    const event = anEvent({ max_attendees: null, booked_seats: 1_000_000 });
    expect(book(event, aRequest('bob', { seats: 10 }), 1, at('10:00')).booking.status).toBe('confirmed');
  });

  it('waits at the end of the line where the event is full and that is wanted', () => {
    const event = anEvent({ booked_seats: 9 });
    const { type, booking } = book(event, aRequest('bob', { seats: 2, waitlist: true }), 7, at('10:00'));
    expect(type).toBe('usher.booking.waitlisted');
    expect(booking).toMatchObject({ status: 'waitlisted', waitlist_ticket: 7, version: 1 });
  });

  it('does not wait where it need not', () => {
    const { booking } = book(anEvent(), aRequest('bob', { waitlist: true }), 7, at('10:00'));
    expect(booking).toMatchObject({ status: 'confirmed', waitlist_ticket: null });
  });

  it('does not overtake those who wait, though its seats are free', () => {
    const event = anEvent({ booked_seats: 9, waitlist_length: 1 });
    expect(refusal(() => book(event, aRequest('bob'), 2, at('10:00')))).toBe('event-full');
    expect(book(event, aRequest('bob', { waitlist: true }), 2, at('10:00')).booking.status).toBe('waitlisted');
  });

  it('does not wait for more seats than the event has in all', () => {
    const event = anEvent({ max_attendees: 3, booked_seats: 3 });
    const asking = (wanted: number) => () =>
      book(event, aRequest('bob', { seats: wanted, waitlist: true }), 1, at('10:00'));
    expect(refusal(asking(4))).toBe('event-full');
    expect(asking(3)().booking.status).toBe('waitlisted');
  });

  it.each(['canceled', 'completed'] as const)('is refused where the event is %s', (status) => {
    const booking = () => book(anEvent({ status }), aRequest('bob', { waitlist: true }), 1, at('10:00'));
    expect(refusal(booking)).toBe('event-not-bookable');
  });

  it('is refused from the very moment at which the event begins', () => {
    const booking = (time: string) => () => book(anEvent(), aRequest('bob'), 1, at(time));
    expect(refusal(booking('17:59'))).toBeUndefined();
    expect(refusal(booking('18:00'))).toBe('event-not-bookable');
  });

  it('is told to be over rather than full', () => {
    const event = anEvent({ status: 'canceled', booked_seats: 10 });
    expect(refusal(() => book(event, aRequest('bob'), 1, at('10:00')))).toBe('event-not-bookable');
  });

  it('has a log stream of its own', () => {
    expect(streamOf('bob-booking')).toBe('booking/bob-booking');
  });
});

describe('canceling', () => {
  it.each([
    ['confirmed', confirmed('bob', 2)],
    ['waitlisted', waiting('bob', 4, 2)],
  ])('ends a booking that is %s, and lets go of the address', (_, booking) => {
    expect(cancelBooking(booking, 'event-deleted', at('12:00'))).toEqual({
      type: 'usher.booking.canceled',
      before: booking,
      booking: {
        ...booking,
        status: 'canceled',
        cancellation_reason: 'event-deleted',
        email_key: null,
        version: 2,
        updated_at: at('12:00'),
        canceled_at: at('12:00'),
      },
    });
  });

  it('changes nothing of what is canceled', () => {
    expect(cancelBooking(canceled('bob'), 'event-canceled', at('12:00'))).toBeNull();
  });

  it('is refused to who has come', () => {
    expect(refusal(() => cancelBooking(checkedIn('bob'), 'requested', at('18:00')))).toBe('already-checked-in');
  });

  it('is possible while the event is under way, and after', () => {
    expect(cancelBooking(confirmed('bob'), 'requested', at('23:00'))?.booking.status).toBe('canceled');
  });
});

describe('checking in', () => {
  it('is for the confirmed', () => {
    const booking = confirmed('bob');
    expect(checkInBooking(booking, at('17:30'))).toEqual({
      type: 'usher.booking.checked_in',
      before: booking,
      booking: {
        ...booking,
        status: 'checked_in',
        version: 2,
        updated_at: at('17:30'),
        checked_in_at: at('17:30'),
      },
    });
  });

  it('happens once', () => {
    expect(refusal(() => checkInBooking(checkedIn('bob'), at('17:31')))).toBe('already-checked-in');
  });

  it.each([
    ['waits', waiting('bob', 1)],
    ['is canceled', canceled('bob')],
  ])('is refused to who %s', (_, booking) => {
    expect(refusal(() => checkInBooking(booking, at('17:30')))).toBe('booking-not-confirmed');
  });
});

describe('a live booking', () => {
  it.each([
    ['confirmed', confirmed('bob')],
    ['waitlisted', waiting('bob', 1)],
    ['checked in', checkedIn('bob')],
  ])('is one that is %s', (_, booking) => {
    expect(isLive(booking)).toBe(true);
  });

  it('is none that is canceled', () => {
    expect(isLive(canceled('bob'))).toBe(false);
  });
});

describe('those who wait', () => {
  const promoted = (event: Parameters<typeof promoteWaiting>[0], line: Parameters<typeof promoteWaiting>[1]) =>
    promoteWaiting(event, line, at('12:00')).map(({ booking }) => booking.attendee_id);

  it('are given what is free, first come, first served', () => {
    const event = anEvent({ booked_seats: 7, waitlist_length: 3 });
    const first = waiting('bob', 1, 2);
    const changes = promoteWaiting(event, [first, waiting('eve', 2), waiting('joe', 3)], at('12:00'));
    expect(changes.map(({ booking }) => booking.attendee_id)).toEqual(['bob', 'eve']);
    expect(changes[0]).toEqual({
      type: 'usher.booking.promoted',
      before: first,
      booking: { ...first, status: 'confirmed', version: 2, updated_at: at('12:00') },
    });
  });

  it('get all of their seats or none, and are not overtaken by who would fit', () => {
    const event = anEvent({ booked_seats: 8, waitlist_length: 2 });
    expect(promoted(event, [waiting('bob', 1, 3), waiting('eve', 2, 1)])).toEqual([]);
    expect(promoted({ ...event, booked_seats: 7 }, [waiting('bob', 1, 3), waiting('eve', 2, 1)])).toEqual(['bob']);
  });

  it('are overtaken only where they could never fit', () => {
    const event = anEvent({ max_attendees: 3, booked_seats: 1, waitlist_length: 3 });
    expect(promoted(event, [waiting('bob', 1, 4), waiting('eve', 2, 2), waiting('joe', 3)])).toEqual(['eve']);
  });

  it('all get a place where there is no limit any more', () => {
    const event = anEvent({ max_attendees: null, booked_seats: 10, waitlist_length: 2 });
    expect(promoted(event, [waiting('bob', 1, 9), waiting('eve', 2, 10)])).toEqual(['bob', 'eve']);
  });

  it.each(['canceled', 'completed'] as const)('get nothing of an event that is %s', (status) => {
    expect(promoted(anEvent({ status, waitlist_length: 1 }), [waiting('bob', 1)])).toEqual([]);
  });

  it('get nothing once the event has begun', () => {
    const event = anEvent({ waitlist_length: 1 });
    expect(promoteWaiting(event, [waiting('bob', 1)], at('18:00'))).toEqual([]);
    expect(promoteWaiting(event, [waiting('bob', 1)], at('17:59'))).toHaveLength(1);
  });
});

describe('the seats of the event', () => {
  const event = anEvent({ booked_seats: 5, waitlist_length: 2, seats_version: 8 });

  it.each([
    ['a new confirmed booking takes them', undefined, confirmed('bob', 3), 8, 2],
    ['a new waiting one only stands in line', undefined, waiting('bob', 1, 3), 5, 3],
    ['a promotion takes them and leaves the line', waiting('bob', 1, 3), confirmed('bob', 3), 8, 1],
    ['canceling a confirmed one frees them', confirmed('bob', 3), canceled('bob'), 2, 2],
    ['canceling a waiting one leaves the line', waiting('bob', 1, 3), canceled('bob'), 5, 1],
  ])('%s', (_, before, after, booked_seats, waitlist_length) => {
    const moved = moveSeats(event, before, after);
    expect(seats(moved)).toEqual({ booked_seats, waitlist_length, seats_version: 9 });
    expect({ ...moved, ...seats(event) }).toEqual(event);
  });

  it('are the same after a check-in', () => {
    expect(moveSeats(event, confirmed('bob', 3), checkedIn('bob', 3))).toBe(event);
  });
});

describe('where the clocks of two instances differ', () => {
  const late = { ...confirmed('bob'), updated_at: at('12:00') };

  it('a change is never before the one that it follows', () => {
    expect(checkInBooking(late, at('11:00')).booking).toMatchObject({
      updated_at: at('12:00'),
      checked_in_at: at('12:00'),
    });
    expect(cancelBooking(late, 'requested', at('11:00'))?.booking).toMatchObject({
      updated_at: at('12:00'),
      canceled_at: at('12:00'),
    });
  });

  it('nor is a promotion', () => {
    const line = [{ ...waiting('bob', 1), updated_at: at('12:00') }];
    const [promotion] = promoteWaiting(anEvent({ waitlist_length: 1 }), line, at('11:00'));
    expect(promotion?.booking.updated_at).toEqual(at('12:00'));
  });
});
