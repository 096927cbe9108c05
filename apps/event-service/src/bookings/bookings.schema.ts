import { Schema } from 'mongoose';
import { BOOKING_STATUSES } from '#contracts';
import type { BookingState } from './booking.js';

/** A booking as it is stored. */
export interface BookingDocument extends Omit<BookingState, 'id'> {
  _id: string;
  /** Follows from the status; stored so that a unique index can go by it. */
  live: boolean;
}

const organiser = new Schema(
  { id: { type: String, required: true }, username: { type: String, required: true } },
  { _id: false },
);
const event = new Schema(
  {
    id: { type: String, required: true },
    title: { type: String, required: true },
    start_time: { type: Date, required: true },
    created_by: { type: organiser, required: true },
  },
  { _id: false },
);

export const bookingSchema = new Schema<BookingDocument>(
  {
    _id: { type: String, required: true },
    event: { type: event, required: true },
    attendee_id: { type: String, required: true },
    email_key: { type: String, default: null },
    owner_id: { type: String, default: null },
    seats: { type: Number, required: true },
    status: { type: String, enum: BOOKING_STATUSES, required: true },
    live: { type: Boolean, required: true },
    code: { type: String, required: true },
    waitlist_ticket: { type: Number, default: null },
    cancellation_reason: { type: String, default: null },
    version: { type: Number, required: true },
    created_at: { type: Date, required: true },
    updated_at: { type: Date, required: true },
    canceled_at: { type: Date, default: null },
    checked_in_at: { type: Date, default: null },
  },
  { collection: 'bookings', versionKey: false, minimize: false },
);

// Nobody has two live bookings of one event, neither as an attendee nor by address.
bookingSchema.index({ 'event.id': 1, attendee_id: 1 }, { unique: true, partialFilterExpression: { live: true } });
bookingSchema.index(
  { 'event.id': 1, email_key: 1 },
  { unique: true, partialFilterExpression: { email_key: { $gt: '' } } },
);
// The waitlist in its order; no two have the same place.
bookingSchema.index(
  { 'event.id': 1, waitlist_ticket: 1 },
  { unique: true, partialFilterExpression: { status: 'waitlisted' } },
);
// One for each list; the last is everybody's, for admins.
bookingSchema.index({ 'event.id': 1, created_at: 1, _id: 1 });
bookingSchema.index({ 'event.created_by.id': 1, created_at: 1, _id: 1 });
bookingSchema.index({ owner_id: 1, created_at: 1, _id: 1 }, { partialFilterExpression: { owner_id: { $gt: '' } } });
bookingSchema.index({ attendee_id: 1, created_at: 1, _id: 1 });
bookingSchema.index({ created_at: 1, _id: 1 });

export const BOOKING = 'Booking';
