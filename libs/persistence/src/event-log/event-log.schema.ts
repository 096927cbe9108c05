import { Schema, type InferSchemaType } from 'mongoose';

/** One thing that happened, in the append-only log that everything downstream is driven by. */
export const eventLogSchema = new Schema(
  {
    /** The CloudEvents id. */
    _id: { type: String, required: true },
    /** `event/<id>`, `user/<id>` …: what changed. */
    stream: { type: String, required: true },
    /** 1 for the first entry of a stream, without gaps. */
    version: { type: Number, required: true },
    type: { type: String, required: true },
    /** CloudEvents `subject`: `events/<id>`, `users/<id>` …. */
    subject: { type: String, required: true },
    data: { type: Schema.Types.Mixed, required: true },
    dataschema: { type: String, required: true },
    time: { type: Date, required: true },
    actor: { type: new Schema({ id: String, username: String }, { _id: false }), required: true },
    traceparent: { type: String, required: true },
    correlationid: { type: String, required: true },
    causationid: { type: String, default: null },
    /** Null until the relay takes the entry, then its place in the order of publication, without gaps. */
    position: { type: Number, default: null },
    /** When the broker confirmed it. */
    published_at: { type: Date, default: null },
  },
  { collection: 'event_log', versionKey: false, minimize: false },
);

eventLogSchema.index({ stream: 1, version: 1 }, { unique: true });
// Both of the relay's questions are answered by the entries that it has still to do: those without a position by time
// and version, those with one by position.
eventLogSchema.index(
  { position: 1, time: 1, version: 1, _id: 1 },
  { name: 'unpublished', partialFilterExpression: { published_at: null } },
);
eventLogSchema.index({ position: 1 }, { unique: true, partialFilterExpression: { position: { $gt: 0 } } });

export type LogEntry = InferSchemaType<typeof eventLogSchema> & { _id: string };
export const EVENT_LOG = 'EventLogEntry';
