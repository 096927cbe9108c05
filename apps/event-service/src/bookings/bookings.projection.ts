import { parseData } from '#contracts';
import type { LogEntry } from '#persistence';
import { keyOf } from '../users/user.js';
import type { BookingChangeType } from './booking.js';
import { toDocument } from './bookings.repository.js';
import { type BookingDocument, bookingSchema } from './bookings.schema.js';

/** How `bookings` follows from the log: every entry carries the whole booking, but for the address that it goes by. */
export const bookingsProjection = {
  collection: 'bookings',
  schema: bookingSchema,
  streams: 'booking/',
  personal: ['email_key'],
  project({ type, data, dataschema, time }: LogEntry): BookingDocument {
    const { booking, event } = parseData(type as BookingChangeType, data, dataschema);
    return toDocument({
      ...booking,
      event: { ...event, start_time: new Date(event.start_time) },
      email_key: null,
      created_at: new Date(booking.created_at),
      updated_at: time,
      canceled_at: dateOf(booking.canceled_at),
      checked_in_at: dateOf(booking.checked_in_at),
    });
  },
};

const dateOf = (timestamp: string | null): Date | null => (timestamp === null ? null : new Date(timestamp));

/** A booking goes by its attendee's address while it is live and the attendee is there. */
export const withAddress = (booking: BookingDocument, email: string | undefined): BookingDocument => ({
  ...booking,
  email_key: booking.live && email !== undefined ? keyOf(email) : null,
});

/** What bookings make of their events' seats, in the order of the events' ids; an aggregation over rebuilt bookings. */
export const seatsByEvent = [
  {
    $group: {
      _id: '$event.id',
      booked_seats: { $sum: { $cond: [{ $in: ['$status', ['confirmed', 'checked_in']] }, '$seats', 0] } },
      waitlist_length: { $sum: { $cond: [{ $eq: ['$status', 'waitlisted'] }, 1, 0] } },
      // Every change of a booking moves seats but the check-in, which is the last.
      seats_version: { $sum: { $subtract: ['$version', { $cond: [{ $eq: ['$status', 'checked_in'] }, 1, 0] }] } },
    },
  },
  { $sort: { _id: 1 } },
];
