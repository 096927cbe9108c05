import { Schema } from 'mongoose';
import type { Guest } from './guest.js';

export interface GuestDocument extends Omit<Guest, 'booking_id'> {
  /** The booking’s id. */
  _id: string;
}

export const GUEST = 'Guest';

export const guestSchema = new Schema<GuestDocument>(
  {
    _id: { type: String, required: true },
    event_id: { type: String, required: true },
    attendee_id: { type: String, required: true },
  },
  { collection: 'guests', versionKey: false },
);

guestSchema.index({ event_id: 1 });
