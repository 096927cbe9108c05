import { Schema } from 'mongoose';
import { type DeadMessage, MESSAGE_KINDS, MESSAGE_STATUSES, type MessageStatus } from './dead-message.js';

/** A dead message as it is stored. */
export interface DeadMessageDocument extends Omit<DeadMessage, 'id' | 'properties' | 'headers'> {
  _id: string;
  /** As JSON: MongoDB has rules for the names of members, and headers have none. */
  properties: string;
  headers: string;
}

export const DEAD_MESSAGE = 'DeadMessage';

const text = { type: String, default: null };

export const deadMessageSchema = new Schema<DeadMessageDocument>(
  {
    _id: { type: String, required: true },
    fingerprint: { type: String, required: true },
    kind: { type: String, enum: MESSAGE_KINDS, required: true },
    queue: text,
    // Any of these may be empty.
    exchange: { type: String, default: '' },
    routing_key: { type: String, default: '' },
    reason: { type: String, default: '' },
    detail: text,
    message_id: text,
    type: text,
    properties: { type: String, required: true },
    headers: { type: String, required: true },
    content: { type: Buffer, default: Buffer.alloc(0) },
    size: { type: Number, required: true },
    whole: { type: Boolean, required: true },
    status: { type: String, enum: MESSAGE_STATUSES, required: true },
    history: { type: Schema.Types.Mixed, required: true },
    times: { type: Number, required: true },
    redrives: { type: Number, required: true },
    redriven_from: text,
    first_seen: { type: Date, required: true },
    dead_since: { type: Date, required: true },
    expires_at: { type: Date, default: null },
  },
  { collection: 'dead_messages', versionKey: false, id: false },
);

const [OPEN, REDRIVING]: MessageStatus[] = ['open', 'redriving'];

deadMessageSchema.index({ fingerprint: 1 }, { unique: true });
deadMessageSchema.index({ dead_since: -1, _id: -1 }, { partialFilterExpression: { status: OPEN } });
deadMessageSchema.index({ status: 1, dead_since: 1 }, { partialFilterExpression: { status: REDRIVING } });
deadMessageSchema.index({ expires_at: 1 }, { expireAfterSeconds: 0 });
