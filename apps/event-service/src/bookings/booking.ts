import type { BookingStatus, CancellationReason, UsherEventType } from '#contracts';
import { UsherError } from '#kernel';
import type { EventState } from '../events/event.js';
import { seatsLeft } from '../events/event-resource.js';

/** One booking as it stands. */
export interface BookingState {
  id: string;
  /** As it was when this booking last changed, for what is read when the event itself is gone. */
  event: { id: string; title: string; start_time: Date; created_by: EventState['created_by'] };
  attendee_id: string;
  /** The attendee's address without regard to case, while the booking is live: nobody books an event twice. */
  email_key: string | null;
  /** The user whose booking it is; null where nobody with an account made it. */
  owner_id: string | null;
  seats: number;
  status: BookingStatus;
  /** What is shown at the door. */
  code: string;
  /** Orders those who wait for one event, lowest first; null where it never waited. */
  waitlist_ticket: number | null;
  cancellation_reason: CancellationReason | null;
  version: number;
  created_at: Date;
  updated_at: Date;
  canceled_at: Date | null;
  checked_in_at: Date | null;
}

export type BookingChangeType = Extract<UsherEventType, `usher.booking.${string}`>;

/** A booking before and after a change, and what the change is called in the log. */
export interface BookingChange {
  /** Missing for a new booking. */
  before?: BookingState;
  booking: BookingState;
  type: BookingChangeType;
}

/** Seats that somebody asks for. */
export interface SeatRequest {
  id: string;
  code: string;
  attendee_id: string;
  email_key: string;
  owner_id: string | null;
  seats: number;
  /** Whether to wait where the seats cannot be had now. */
  waitlist: boolean;
}

const TRANSITIONS: Record<BookingStatus, readonly BookingStatus[]> = {
  waitlisted: ['confirmed', 'canceled'],
  confirmed: ['checked_in', 'canceled'],
  checked_in: [],
  canceled: [],
};

/** The log stream of one booking. */
export const streamOf = (id: string): string => `booking/${id}`;

/** A live booking keeps its attendee, and everybody with the same address, from booking again. */
export const isLive = ({ status }: Pick<BookingState, 'status'>): boolean => status !== 'canceled';

export const isCancelable = ({ status }: BookingState): boolean => TRANSITIONS[status].includes('canceled');

/** Whether its seats change hands at all: it has not been called off, nor begun. */
const isBookable = ({ status, start_time }: EventState, now: Date): boolean =>
  status === 'scheduled' && start_time > now;

/**
 * Confirms a booking where its seats are free and nobody waits for them; otherwise puts it at the end of the waitlist as
 * number `ticket`, where that is wanted. Throws `event-full` and `event-not-bookable`.
 */
export function book(event: EventState, request: SeatRequest, ticket: number, now: Date): BookingChange {
  if (!isBookable(event, now)) throw notBookable(event);
  const { waitlist, ...asked } = request;
  const confirmed = event.waitlist_length === 0 && fits(event, request.seats);
  if (!confirmed && !(waitlist && couldFit(event, request.seats))) throw full(event, request.seats);
  return {
    type: confirmed ? 'usher.booking.confirmed' : 'usher.booking.waitlisted',
    booking: {
      ...asked,
      event: named(event),
      status: confirmed ? 'confirmed' : 'waitlisted',
      waitlist_ticket: confirmed ? null : ticket,
      cancellation_reason: null,
      version: 1,
      created_at: now,
      updated_at: now,
      canceled_at: null,
      checked_in_at: null,
    },
  };
}

/** Null where it is canceled already. Throws `already-checked-in`: who has come has come. */
export function cancelBooking(booking: BookingState, reason: CancellationReason, now: Date): BookingChange | null {
  if (booking.status === 'canceled') return null;
  if (!isCancelable(booking)) throw checkedIn();
  const canceled = advance({ ...booking, status: 'canceled', cancellation_reason: reason, email_key: null }, now);
  return {
    type: 'usher.booking.canceled',
    before: booking,
    booking: { ...canceled, canceled_at: canceled.updated_at },
  };
}

/** Throws `already-checked-in`, and `booking-not-confirmed` for one that waits or is canceled. */
export function checkInBooking(booking: BookingState, now: Date): BookingChange {
  if (booking.status === 'checked_in') throw checkedIn();
  if (!TRANSITIONS[booking.status].includes('checked_in'))
    throw new UsherError('booking-not-confirmed', `The booking is ${booking.status}; only a confirmed one checks in.`);
  const checked = advance({ ...booking, status: 'checked_in' }, now);
  return {
    type: 'usher.booking.checked_in',
    before: booking,
    booking: { ...checked, checked_in_at: checked.updated_at },
  };
}

/**
 * Gives free seats to those who wait, `waiting` in order of their tickets: first come, first served, each gets all of its
 * seats or none. Who does not fit now holds up those behind; only who could not fit into the whole event is passed over.
 */
export function promoteWaiting(event: EventState, waiting: readonly BookingState[], now: Date): BookingChange[] {
  if (!isBookable(event, now)) return [];
  const changes: BookingChange[] = [];
  let present = event;
  for (const booking of waiting) {
    if (!couldFit(present, booking.seats)) continue;
    if (!fits(present, booking.seats)) break;
    const promoted = advance({ ...booking, status: 'confirmed' }, now);
    changes.push({ type: 'usher.booking.promoted', before: booking, booking: promoted });
    present = moveSeats(present, booking, promoted);
  }
  return changes;
}

/** The event after one of its bookings has gone from `before`, undefined for a new one, to `after`. */
export function moveSeats(event: EventState, before: BookingState | undefined, after: BookingState): EventState {
  const taken = seatsOf(after) - seatsOf(before);
  const queued = waitsOf(after) - waitsOf(before);
  if (taken === 0 && queued === 0) return event;
  return {
    ...event,
    booked_seats: event.booked_seats + taken,
    waitlist_length: event.waitlist_length + queued,
    seats_version: event.seats_version + 1,
  };
}

/** The booking with what the event is called by now; as it was where that is gone. */
export const withEvent = (booking: BookingState, event: EventState | undefined): BookingState =>
  event === undefined ? booking : { ...booking, event: named(event) };

const named = ({ id, title, start_time, created_by }: EventState) => ({ id, title, start_time, created_by });

/** How many seats of the event a booking takes up. */
const seatsOf = (booking: BookingState | undefined): number =>
  booking?.status === 'confirmed' || booking?.status === 'checked_in' ? booking.seats : 0;

const waitsOf = (booking: BookingState | undefined): number => (booking?.status === 'waitlisted' ? 1 : 0);

function fits(event: EventState, seats: number): boolean {
  const left = seatsLeft(event);
  return left === null || seats <= left;
}

const couldFit = ({ max_attendees }: EventState, seats: number): boolean =>
  max_attendees === null || seats <= max_attendees;

/** Clocks of several instances differ, and a stream must not run backwards in time. */
const advance = (booking: BookingState, now: Date): BookingState => ({
  ...booking,
  version: booking.version + 1,
  updated_at: now > booking.updated_at ? now : booking.updated_at,
});

const notBookable = ({ status }: EventState): UsherError =>
  new UsherError(
    'event-not-bookable',
    status === 'scheduled' ? 'The event has begun.' : `The event is ${status} and cannot be booked.`,
  );

function full(event: EventState, seats: number): UsherError {
  const { max_attendees, waitlist_length } = event;
  if (!couldFit(event, seats))
    return new UsherError(
      'event-full',
      `The event has ${inSeats(max_attendees ?? 0)} in all; waiting for more is in vain.`,
    );
  if (waitlist_length > 0)
    return new UsherError(
      'event-full',
      `Others wait for this event (${waitlist_length}); what gets free is theirs first.`,
    );
  return new UsherError('event-full', `The event has ${inSeats(seatsLeft(event) ?? 0)} left.`);
}

const inSeats = (count: number): string => (count === 1 ? '1 seat' : `${count} seats`);

const checkedIn = (): UsherError => new UsherError('already-checked-in', 'The booking has been checked in.');
