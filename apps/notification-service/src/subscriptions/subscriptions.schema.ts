import { Schema } from 'mongoose';
import { AUDIENCES } from './matching/interest.js';
import { ORDERINGS, PROTOCOLS, type SealedSecret, type Subscription } from './subscription.js';

/** A subscription as it is stored. */
export interface SubscriptionDocument extends Omit<Subscription, 'id'> {
  _id: string;
  /** Which change of all subscriptions together wrote it last. */
  revision: number;
}

const owner = new Schema<Subscription['owner']>(
  { id: { type: String, required: true }, username: { type: String, required: true } },
  { _id: false },
);
const config = new Schema<Subscription['config']>(
  {
    ordering: { type: String, enum: ORDERINGS, required: true },
    enabled: { type: Boolean, required: true },
    max_attempts: { type: Number, required: true },
  },
  { _id: false },
);
const secret = new Schema<SealedSecret>(
  { sealed: { type: String, required: true }, expires_at: { type: Date, default: null } },
  { _id: false },
);

export const SUBSCRIPTION = 'Subscription';

export const subscriptionSchema = new Schema<SubscriptionDocument>(
  {
    _id: { type: String, required: true },
    owner: { type: owner, required: true },
    audience: { type: String, enum: AUDIENCES, required: true },
    types: { type: [String], default: null },
    source: { type: String, default: null },
    filters: { type: [Schema.Types.Mixed], required: true },
    protocol: { type: String, enum: PROTOCOLS, required: true },
    sink: { type: String, required: true },
    config: { type: config, required: true },
    disabled_reason: { type: String, default: null },
    secrets: { type: [secret], required: true },
    version: { type: Number, required: true },
    revision: { type: Number, required: true },
    created_at: { type: Date, required: true },
    updated_at: { type: Date, required: true },
  },
  { collection: 'subscriptions', versionKey: false, minimize: false },
);

subscriptionSchema.index({ created_at: 1, _id: 1 });
subscriptionSchema.index({ 'owner.id': 1, created_at: 1, _id: 1 });
subscriptionSchema.index({ revision: 1 }, { unique: true });

/** That there is no such subscription any more: what other instances learn a deletion from. */
export interface DeletedSubscription {
  _id: string;
  revision: number;
  deleted_at: Date;
}

export const DELETED_SUBSCRIPTION = 'DeletedSubscription';

/** Matchers that have not looked for half as long begin anew. */
export const DELETIONS_KEPT_MS = 48 * 3_600_000;

export const deletedSubscriptionSchema = new Schema<DeletedSubscription>(
  {
    _id: { type: String, required: true },
    revision: { type: Number, required: true },
    deleted_at: { type: Date, required: true },
  },
  { collection: 'subscriptions_deleted', versionKey: false },
);

deletedSubscriptionSchema.index({ revision: 1 });
deletedSubscriptionSchema.index({ deleted_at: 1 }, { expireAfterSeconds: DELETIONS_KEPT_MS / 1000 });

/** The newest revision: every change of a subscription takes the next, in its own transaction. */
export interface SubscriptionsHead {
  _id: 'subscriptions';
  revision: number;
}

export const SUBSCRIPTIONS_HEAD = 'SubscriptionsHead';

export const subscriptionsHeadSchema = new Schema<SubscriptionsHead>(
  { _id: { type: String, required: true }, revision: { type: Number, required: true } },
  { collection: 'subscriptions_head', versionKey: false },
);
