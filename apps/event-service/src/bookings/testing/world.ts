import { UsherError } from '#kernel';
import { cancelEvent, type EventState, updateEvent } from '../../events/event.js';
import {
  type BookingChange,
  type BookingState,
  cancelBooking,
  checkInBooking,
  isCancelable,
  isLive,
  moveSeats,
  promoteWaiting,
  type SeatRequest,
} from '../booking.js';
import { decideInOrder } from '../settling/booking-batch.js';
import { anEvent } from './given.js';

/** An event and its bookings in memory, changed by nothing but the pure model, as the database would be. */
export class World {
  event: EventState;
  readonly bookings = new Map<string, BookingState>();
  /** Every change so far, in order. */
  readonly history: BookingChange[] = [];

  constructor(max_attendees: number) {
    this.event = anEvent({ max_attendees });
  }

  /** Those who wait, first come first. */
  get line(): BookingState[] {
    return this.all(({ status }) => status === 'waitlisted').sort((one, other) => ticketOf(one) - ticketOf(other));
  }

  all(which: (booking: BookingState) => boolean): BookingState[] {
    return [...this.bookings.values()].filter(which);
  }

  /** The id of one of the bookings that there are; empty where there are none. */
  nth(n: number): string {
    return [...this.bookings.keys()][n % this.bookings.size] ?? '';
  }

  /** What each comes to: the status of the booking, `repeated`, or the code of the refusal. */
  ask(requests: readonly SeatRequest[], now: Date): string[] {
    const nextTicket = ticketOf(this.line.at(-1)) + 1;
    const bookings = this.all((booking) => isLive(booking) || requests.some(({ id }) => id === booking.id));
    const verdicts = decideInOrder({ event: this.event, bookings, nextTicket }, requests, now);
    return verdicts.map((verdict) => {
      if (verdict.kind === 'refused') return codeOf(verdict.error);
      if (verdict.kind === 'repeated') return 'repeated';
      this.take(verdict.change);
      return verdict.change.booking.status;
    });
  }

  /** Whether that changed anything. */
  cancel(id: string, now: Date): boolean {
    return this.change(id, (booking) => cancelBooking(booking, 'requested', now));
  }

  checkIn(id: string, now: Date): boolean {
    return this.change(id, (booking) => checkInBooking(booking, now));
  }

  /** Who got a place, in order. */
  promote(now: Date): string[] {
    const max = this.event.max_attendees ?? Infinity;
    const changes = promoteWaiting(
      this.event,
      this.line.filter(({ seats }) => seats <= max),
      now,
    );
    for (const change of changes) this.take(change);
    return changes.map(({ booking }) => booking.id);
  }

  /** Whether the event has that capacity now. */
  setCapacity(max_attendees: number, now: Date): boolean {
    try {
      this.event = updateEvent(this.event, { ...this.event, max_attendees }, now).state;
    } catch (error) {
      codeOf(error);
    }
    return this.event.max_attendees === max_attendees;
  }

  callOff(now: Date): void {
    this.event = cancelEvent(this.event, now).state;
    for (const booking of this.all(isCancelable)) this.cancel(booking.id, now);
  }

  private change(id: string, decide: (booking: BookingState) => BookingChange | null): boolean {
    const booking = this.bookings.get(id);
    if (booking === undefined) return false;
    try {
      const change = decide(booking);
      if (change !== null) this.take(change);
      return change !== null;
    } catch (error) {
      codeOf(error);
      return false;
    }
  }

  private take(change: BookingChange): void {
    this.event = moveSeats(this.event, change.before, change.booking);
    this.bookings.set(change.booking.id, change.booking);
    this.history.push(change);
  }
}

export const ticketOf = (booking: BookingState | undefined): number => booking?.waitlist_ticket ?? 0;

/** Refusals are expected; anything else is not. */
function codeOf(error: unknown): string {
  if (error instanceof UsherError) return error.code;
  throw error;
}
