import { Schema } from 'mongoose';
import { CANCELLATION_REASONS, type Replay, REPLAY_STATUSES, type ReplayStatus } from './replay.js';

/** A replay as it is stored. */
export interface ReplayDocument extends Omit<Replay, 'id'> {
  _id: string;
}

export const REPLAY = 'Replay';

const creator = new Schema<Replay['created_by']>(
  { id: { type: String, required: true }, username: { type: String, required: true } },
  { _id: false },
);
const count = new Schema<Replay['matched_by_type'][number]>(
  { type: { type: String, required: true }, count: { type: Number, required: true } },
  { _id: false },
);

export const replaySchema = new Schema<ReplayDocument>(
  {
    _id: { type: String, required: true },
    subscription_id: { type: String, required: true },
    owner_id: { type: String, required: true },
    created_by: { type: creator, required: true },
    from: { type: Number, required: true },
    to: { type: Number, required: true },
    types: { type: [String], default: null },
    dry_run: { type: Boolean, required: true },
    status: { type: String, enum: REPLAY_STATUSES, required: true },
    cancellation_reason: { type: String, enum: [...CANCELLATION_REASONS, null], default: null },
    position: { type: Number, required: true },
    matched: { type: Number, required: true },
    matched_by_type: { type: [count], required: true },
    version: { type: Number, required: true },
    created_at: { type: Date, required: true },
    updated_at: { type: Date, required: true },
    ended_at: { type: Date, default: null },
  },
  { collection: 'replays', versionKey: false, id: false },
);

const RUNNING: ReplayStatus = 'running';

// One at a time for each subscription.
replaySchema.index({ subscription_id: 1 }, { unique: true, partialFilterExpression: { status: RUNNING } });
replaySchema.index({ status: 1, _id: 1 });
replaySchema.index({ created_at: -1, _id: -1 });
replaySchema.index({ owner_id: 1, created_at: -1, _id: -1 });
replaySchema.index({ subscription_id: 1, created_at: -1, _id: -1 });
