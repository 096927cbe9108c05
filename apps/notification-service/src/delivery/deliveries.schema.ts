import { Schema } from 'mongoose';
import type { Breaker } from './attempts/breaker.js';
import { CHANNELS } from './channels/channel.js';
import { type Attempt, type Delivery, DELIVERY_STATUSES, type DeliveryStatus } from './delivery.js';
import type { Recipient } from './recipient.js';

/** A delivery as it is stored. */
export interface DeliveryDocument extends Omit<Delivery, 'id' | 'next_attempt_at'> {
  _id: string;
  /**
   * From when on it may be claimed: when the next attempt is due or, while it is claimed, when the claim lapses. Null
   * where it waits for others of its lane, and once it is settled.
   */
  claimable_at: Date | null;
  /** From when on it is to be put into its channel's queue, again where it has been there; null like the above. */
  enqueue_at: Date | null;
  /** Who is at it: only they may write what came of it. */
  claim: string | null;
  /** How often in a row it was put off without an attempt. */
  deferrals: number;
}

export const DELIVERY = 'Delivery';

const attempt = new Schema<Attempt>(
  {
    at: { type: Date, required: true },
    duration_ms: { type: Number, required: true },
    status: { type: Number, default: null },
    stage: { type: String, default: null },
    error: { type: String, default: null },
    next: { type: Date, default: null },
  },
  { _id: false },
);

const recipient = new Schema<Recipient>(
  { kind: { type: String, required: true }, id: { type: String, required: true } },
  { _id: false, id: false },
);

const event = new Schema<Delivery['event']>(
  {
    position: { type: Number, required: true },
    id: { type: String, required: true },
    source: { type: String, required: true },
    type: { type: String, required: true },
    subject: { type: String, default: null },
  },
  { _id: false, id: false },
);

export const deliverySchema = new Schema<DeliveryDocument>(
  {
    _id: { type: String, required: true },
    channel: { type: String, enum: CHANNELS, required: true },
    subscription_id: { type: String, required: true },
    recipient: { type: recipient },
    event: { type: event, required: true },
    replay_id: { type: String, default: null },
    lane: { type: String, default: null },
    status: { type: String, enum: DELIVERY_STATUSES, required: true },
    tries: { type: Number, required: true },
    attempts: { type: [attempt], required: true },
    template: { type: String },
    claimable_at: { type: Date, default: null },
    enqueue_at: { type: Date, default: null },
    claim: { type: String, default: null },
    deferrals: { type: Number, required: true },
    created_at: { type: Date, required: true },
    settled_at: { type: Date, default: null },
  },
  { collection: 'deliveries', versionKey: false, id: false },
);

const DEAD: DeliveryStatus = 'dead';

// Each event once for each subscription, and once more for each replay; once for each person where it is for people.
deliverySchema.index({ subscription_id: 1, 'event.position': 1, replay_id: 1, 'recipient.id': 1 }, { unique: true });
deliverySchema.index({ subscription_id: 1, created_at: -1, _id: -1 });
// MongoDB takes a partial index only for a query that says as much as its filter: `$lte` does not say `$type`.
deliverySchema.index(
  { enqueue_at: 1, subscription_id: 1 },
  { partialFilterExpression: { enqueue_at: { $type: 'date' } } },
);
deliverySchema.index({ lane: 1, status: 1, 'event.position': 1 }, { partialFilterExpression: { lane: { $gt: '' } } });
deliverySchema.index({ replay_id: 1, status: 1 }, { partialFilterExpression: { replay_id: { $gt: '' } } });
deliverySchema.index({ settled_at: -1, _id: -1 }, { partialFilterExpression: { status: DEAD } });

/** That something of a lane is not settled; where there is none, the next delivery of it may go at once. */
export interface LaneDocument {
  _id: string;
  /** Written by everyone who enters, so that entering and leaving at once are in conflict. */
  entered: number;
}

export const LANE = 'DeliveryLane';

export const laneSchema = new Schema<LaneDocument>(
  { _id: { type: String, required: true }, entered: { type: Number, required: true } },
  { collection: 'delivery_lanes', versionKey: false },
);

/** What is known of a destination that has failed. */
export interface DestinationDocument extends Breaker {
  _id: string;
  version: number;
}

export const DESTINATION = 'DeliveryDestination';

export const destinationSchema = new Schema<DestinationDocument>(
  {
    _id: { type: String, required: true },
    failures: { type: Number, required: true },
    openings: { type: Number, required: true },
    open_until: { type: Date, default: null },
    version: { type: Number, required: true },
  },
  { collection: 'delivery_destinations', versionKey: false },
);
