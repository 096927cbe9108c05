import { Schema } from 'mongoose';

/** An event that was accepted and is to be published, as the relay needs it. */
export interface OutboxEntry {
  _id: string;
  source: string;
  /** The CloudEvents id; unique together with `source`. */
  id: string;
  type: string;
  traceparent: string;
  /** The envelope as the message carries it, to the letter. */
  content: string;
  /** When it was accepted. */
  time: Date;
  published_at: Date | null;
}

export const OUTBOX_ENTRY = 'OutboxEntry';

/** The archive has had it for long by then; and where not, intake takes the second one for what it is. */
const KEPT_SECONDS = 7 * 24 * 3_600;

export const outboxSchema = new Schema<OutboxEntry>(
  {
    _id: { type: String, required: true },
    source: { type: String, required: true },
    id: { type: String, required: true },
    type: { type: String, required: true },
    traceparent: { type: String, required: true },
    content: { type: String, required: true },
    time: { type: Date, required: true },
    published_at: { type: Date, default: null },
  },
  { collection: 'bus_outbox', versionKey: false, id: false },
);

outboxSchema.index({ source: 1, id: 1 }, { unique: true });
outboxSchema.index({ published_at: 1 }, { expireAfterSeconds: KEPT_SECONDS });
// What the relay asks for.
outboxSchema.index({ time: 1, _id: 1 }, { name: 'waiting', partialFilterExpression: { published_at: null } });
