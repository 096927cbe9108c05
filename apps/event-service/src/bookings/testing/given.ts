import { UsherError } from '#kernel';
import { createEvent, type EventState } from '../../events/event.js';
import { book, type BookingState, cancelBooking, checkInBooking, type SeatRequest } from '../booking.js';

/** A time of the day on which the event of these examples takes place. */
export const at = (time: string): Date => new Date(`2026-11-20T${time}:00.000Z`);

const ada = { id: 'a'.repeat(24), username: 'ada' };

/** An event from six to eight in the evening that was created at eight in the morning: ten seats, where nothing else is said. */
export function anEvent(members: Partial<EventState> = {}): EventState {
  const times = { start_time: at('18:00'), end_time: at('20:00') };
  const place = { location: 'Berlin', country: 'DE', timezone: 'Europe/Berlin', coordinates: null };
  const about = { title: 'Jazz night', description: 'Two sets.', tags: [], attachment_url: null };
  const details = { ...about, ...place, ...times, max_attendees: 10, status: 'scheduled' as const };
  return { ...createEvent({ id: 'e'.repeat(24), creator: ada, details }, at('08:00')).state, ...members };
}

/** A request for one seat by the person of that name, who asks under an id of the same beginning. */
export const aRequest = (name: string, members: Partial<SeatRequest> = {}): SeatRequest => ({
  id: `${name}-booking`,
  code: `${name}-code`,
  attendee_id: name,
  email_key: `${name}@example.com`,
  owner_id: null,
  seats: 1,
  waitlist: false,
  ...members,
});

/** A booking made at ten by the person of that name, and confirmed. */
export const confirmed = (name: string, seats = 1): BookingState =>
  book(anEvent({ max_attendees: null }), aRequest(name, { seats }), 1, at('10:00')).booking;

/** One that waits with that ticket since ten. */
export const waiting = (name: string, ticket: number, seats = 1): BookingState =>
  book(anEvent({ booked_seats: 10 }), aRequest(name, { seats, waitlist: true }), ticket, at('10:00')).booking;

/** One that was canceled at eleven. */
export function canceled(name: string): BookingState {
  const change = cancelBooking(confirmed(name), 'requested', at('11:00'));
  if (change === null) throw new TypeError('A confirmed booking can be canceled.');
  return change.booking;
}

/** One that was checked in at half past five. */
export const checkedIn = (name: string, seats = 1): BookingState =>
  checkInBooking(confirmed(name, seats), at('17:30')).booking;

/** The code with which something is refused; undefined where it is not. */
export function refusal(decide: () => unknown): string | undefined {
  try {
    decide();
  } catch (error) {
    if (error instanceof UsherError) return error.code;
    throw error;
  }
  return undefined;
}
