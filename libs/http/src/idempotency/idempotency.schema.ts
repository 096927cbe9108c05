import { type InferSchemaType, Schema } from 'mongoose';

/** A request that came with an `Idempotency-Key`, and its answer once there is one. */
export const idempotencySchema = new Schema(
  {
    /** Caller and key, hashed. */
    _id: { type: String, required: true },
    /** Keyed hash of method, path and body. */
    fingerprint: { type: String, required: true },
    /** The id for what the request creates, fixed before its first attempt. */
    resource_id: { type: String, required: true },
    /** `open`: the last attempt failed for a reason of ours, and another may be made. */
    state: { type: String, enum: ['running', 'open', 'answered'], required: true },
    /** Which attempt holds the record, and until when it is believed to be alive. */
    attempt: { type: String, required: true },
    lease_ends_at: { type: Date, required: true },
    /** Encrypted under the key. */
    answer: { type: Buffer, default: null },
    expires_at: { type: Date, required: true, index: { expireAfterSeconds: 0 } },
  },
  { collection: 'idempotency_keys', versionKey: false },
);
export type IdempotencyRecord = InferSchemaType<typeof idempotencySchema> & { _id: string };
export const IDEMPOTENCY_RECORD = 'IdempotencyRecord';
