import { Schema } from 'mongoose';
import type { NotificationPayload, NotificationType } from '#contracts';

/** One thing told: to one person, or, stored once, to everyone. */
export interface Notification {
  _id: string;
  /** The archive position of the event that it tells of. */
  position: number;
  /** Null tells everyone who had registered by then. */
  user_id: string | null;
  type: NotificationType;
  payload: NotificationPayload;
  /** The event of whose cancellation or deletion it tells; absent where it tells of something else. */
  end_of?: string;
  traceparent: string | null;
  created_at: Date;
}

export const NOTIFICATION = 'Notification';

export const notificationSchema = new Schema<Notification>(
  {
    _id: { type: String, required: true },
    position: { type: Number, required: true },
    user_id: { type: String, default: null },
    type: { type: String, required: true },
    payload: { type: Schema.Types.Mixed, required: true },
    end_of: { type: String },
    traceparent: { type: String, default: null },
    created_at: { type: Date, required: true },
  },
  { collection: 'notifications', versionKey: false },
);

// Nobody is told twice of one thing.
notificationSchema.index({ user_id: 1, position: -1 }, { unique: true });
notificationSchema.index({ user_id: 1, type: 1, position: -1 });
notificationSchema.index({ position: 1 });
// Who knows already of an event's end; few notifications tell of one.
notificationSchema.index({ end_of: 1, user_id: 1 }, { partialFilterExpression: { end_of: { $exists: true } } });

/** Everything up to `position` may have been deleted by retention; raised before the deleting starts. */
export interface RetentionHorizon {
  _id: 'notifications';
  position: number;
}

export const RETENTION_HORIZON = 'RetentionHorizon';

export const retentionHorizonSchema = new Schema<RetentionHorizon>(
  { _id: { type: String, required: true }, position: { type: Number, required: true } },
  { collection: 'retention_horizon', versionKey: false },
);
