import { Schema } from 'mongoose';
import type { AttendeeState } from './attendee.js';

/** An attendee as they are stored. */
export interface AttendeeDocument extends Omit<AttendeeState, 'id'> {
  _id: string;
  /** How often a booking has been made for the attendee: what such a transaction writes to. */
  held: number;
}

export const attendeeSchema = new Schema<AttendeeDocument>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    email: { type: String, required: true },
    phone: { type: String, default: null },
    country: { type: String, default: null },
    notes: { type: String, default: null },
    registered_by: { type: String, default: null },
    user_id: { type: String, default: null },
    token_hash: { type: String, default: null },
    held: { type: Number, required: true },
    version: { type: Number, required: true },
    created_at: { type: Date, required: true },
    updated_at: { type: Date, required: true },
  },
  { collection: 'attendees', versionKey: false },
);

// Most attendees have no account behind them, and no place in these.
attendeeSchema.index(
  { registered_by: 1, created_at: -1, _id: -1 },
  { partialFilterExpression: { registered_by: { $gt: '' } } },
);
attendeeSchema.index({ user_id: 1 }, { unique: true, partialFilterExpression: { user_id: { $gt: '' } } });

export const ATTENDEE = 'Attendee';
