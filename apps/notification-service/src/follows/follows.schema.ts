import { Schema } from 'mongoose';

/** That a user wants to hear of one event's changes. */
export interface Follow {
  /** `<event_id>:<user_id>`: following twice is following once. */
  _id: string;
  event_id: string;
  user_id: string;
  created_at: Date;
  /** The live bookings that it has come from and ends with; absent where the user has asked for it. */
  bookings?: string[];
}

export const FOLLOW = 'Follow';

export const followSchema = new Schema<Follow>(
  {
    _id: { type: String, required: true },
    event_id: { type: String, required: true },
    user_id: { type: String, required: true },
    created_at: { type: Date, required: true },
    bookings: { type: [String], default: undefined },
  },
  { collection: 'follows', versionKey: false },
);

followSchema.index({ event_id: 1, user_id: 1 });
followSchema.index({ user_id: 1, created_at: -1, _id: -1 });
