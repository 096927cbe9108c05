import { UsherError } from '#kernel';
import type { EventState } from '../../events/event.js';
import { book, type BookingChange, type BookingState, isLive, moveSeats, type SeatRequest } from '../booking.js';

/** What requests for seats of one event find there. */
export interface Standing {
  /** Undefined where there is no such event. */
  event: EventState | undefined;
  /** Live bookings by any of the attendees or addresses that ask, and any booking of a request's id. */
  bookings: readonly BookingState[];
  /** The waitlist's next ticket. */
  nextTicket: number;
}

/** What comes of one request: a booking, the one that it made in an earlier attempt, or the reason why not. */
export type Verdict =
  | { kind: 'booked'; change: BookingChange; after: EventState }
  | { kind: 'repeated'; booking: BookingState }
  | { kind: 'refused'; error: unknown };

/** Decides requests in order of arrival, each on what those before it have left. */
export function decideInOrder(standing: Standing, requests: readonly SeatRequest[], now: Date): Verdict[] {
  let { event, nextTicket } = standing;
  const bookings = [...standing.bookings];
  return requests.map((request): Verdict => {
    const verdict = decide({ event, bookings, nextTicket }, request, now);
    if (verdict.kind !== 'booked') return verdict;
    event = verdict.after;
    bookings.push(verdict.change.booking);
    if (verdict.change.booking.waitlist_ticket !== null) nextTicket += 1;
    return verdict;
  });
}

function decide({ event, bookings, nextTicket }: Standing, request: SeatRequest, now: Date): Verdict {
  const earlier = bookings.find(({ id }) => id === request.id);
  if (earlier !== undefined) return { kind: 'repeated', booking: earlier };
  if (event === undefined) return { kind: 'refused', error: noEvent() };
  if (bookings.some((booking) => collides(booking, request))) return { kind: 'refused', error: alreadyBooked() };
  try {
    const change = book(event, request, nextTicket, now);
    return { kind: 'booked', change, after: moveSeats(event, undefined, change.booking) };
  } catch (error) {
    return { kind: 'refused', error };
  }
}

const collides = (booking: BookingState, { attendee_id, email_key }: SeatRequest): boolean =>
  isLive(booking) && (booking.attendee_id === attendee_id || booking.email_key === email_key);

const noEvent = (): UsherError => new UsherError('not-found', 'There is no such event.');

const alreadyBooked = (): UsherError =>
  new UsherError('already-booked', 'The attendee, or somebody with the same address, has booked this event already.');
