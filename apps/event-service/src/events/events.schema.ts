import { Schema } from 'mongoose';
import { EVENT_STATUSES } from '#contracts';
import type { EventState } from './event.js';

/** An event as it is stored. */
export interface EventDocument extends Omit<EventState, 'id'> {
  _id: string;
  /** Follows from status, capacity and bookings; stored so that it can be indexed. */
  available: boolean;
}

const point = new Schema(
  { type: { type: String, required: true }, coordinates: { type: [Number], required: true } },
  { _id: false },
);
const creator = new Schema(
  { id: { type: String, required: true }, username: { type: String, required: true } },
  { _id: false },
);

export const eventSchema = new Schema<EventDocument>(
  {
    _id: { type: String, required: true },
    title: { type: String, required: true },
    description: { type: String, default: '' },
    location: { type: String, required: true },
    country: { type: String, default: null },
    timezone: { type: String, required: true },
    start_time: { type: Date, required: true },
    end_time: { type: Date, required: true },
    tags: { type: [String], default: [] },
    max_attendees: { type: Number, default: null },
    status: { type: String, enum: EVENT_STATUSES, required: true },
    attachment_url: { type: String, default: null },
    coordinates: { type: point, default: null },
    created_by: { type: creator, required: true },
    booked_seats: { type: Number, required: true },
    waitlist_length: { type: Number, required: true },
    seats_version: { type: Number, required: true },
    available: { type: Boolean, required: true },
    version: { type: Number, required: true },
    created_at: { type: Date, required: true },
    updated_at: { type: Date, required: true },
  },
  { collection: 'events', versionKey: false, minimize: false },
);

/**
 * Every filter that is an equality comes first, then a sort key, then the id: a page of any such filter in any order is
 * one walk along one index, forwards or backwards, that begins at the cursor and stops when the page is full.
 */
const EQUALITIES = ['status', 'tags', 'country', 'created_by.id', 'available'];
const SORT_KEYS = ['start_time', 'created_at'];

for (const key of SORT_KEYS) {
  eventSchema.index({ [key]: 1, _id: 1 });
  for (const equality of EQUALITIES) eventSchema.index({ [equality]: 1, [key]: 1, _id: 1 });
}
eventSchema.index({ title: 'text', description: 'text', location: 'text', tags: 'text' });
eventSchema.index({ coordinates: '2dsphere' });
/** What the sweeper looks for: scheduled and over. */
eventSchema.index({ status: 1, end_time: 1 });

export const EVENT = 'Event';
