import { Schema } from 'mongoose';
import type { NotificationType } from '#contracts';
import type { NotificationChannel } from './preference.js';
import type { QuietHours } from './quiet-hours.js';

/** `booking.confirmed/email`. */
export type ChoiceKey = `${NotificationType}/${NotificationChannel}`;

/** What one person has said about how they want to be told. */
export interface PreferencesDocument {
  /** The user's id, or the attendee's. */
  _id: string;
  opted_in: ChoiceKey[];
  opted_out: ChoiceKey[];
  quiet_hours: QuietHours | null;
  locale: string | null;
  version: number;
  updated_at: Date;
}

export const PREFERENCES = 'Preferences';

export const preferencesSchema = new Schema<PreferencesDocument>(
  {
    _id: { type: String, required: true },
    opted_in: { type: [String], required: true },
    opted_out: { type: [String], required: true },
    quiet_hours: {
      type: new Schema<QuietHours>(
        {
          from: { type: String, required: true },
          to: { type: String, required: true },
          timezone: { type: String, required: true },
          mode: { type: String, required: true },
        },
        { _id: false },
      ),
      default: null,
    },
    locale: { type: String, default: null },
    version: { type: Number, required: true },
    updated_at: { type: Date, required: true },
  },
  { collection: 'preferences', versionKey: false },
);

// Who wants to hear, in this way, of what everybody is told.
preferencesSchema.index({ opted_in: 1, _id: 1 });
