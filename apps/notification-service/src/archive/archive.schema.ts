import { Schema } from 'mongoose';
import type { Envelope, UsherEventType } from '#contracts';

/** One event that reached the bus, for good. */
export interface ArchivedEvent {
  /** The archive position: 1 for the first, without gaps, in order of intake. */
  _id: number;
  source: string;
  /** The CloudEvents id; unique together with `source`. */
  id: string;
  type: string;
  subject: string | null;
  envelope: Envelope;
  archived_at: Date;
}

export const ARCHIVED_EVENT = 'ArchivedEvent';

export const archivedEventSchema = new Schema<ArchivedEvent>(
  {
    _id: { type: Number, required: true },
    source: { type: String, required: true },
    id: { type: String, required: true },
    type: { type: String, required: true },
    subject: { type: String, default: null },
    envelope: { type: Schema.Types.Mixed, required: true },
    archived_at: { type: Date, required: true },
  },
  { collection: 'archive', versionKey: false, id: false, minimize: false },
);

archivedEventSchema.index({ source: 1, id: 1 }, { unique: true });
archivedEventSchema.index({ archived_at: 1, _id: 1 });
// Whoever reads the bus asks for one of these, in order of position.
archivedEventSchema.index({ type: 1, _id: 1 });
archivedEventSchema.index({ source: 1, _id: 1 });
archivedEventSchema.index({ subject: 1, _id: 1 });
archivedEventSchema.index({ id: 1, _id: -1 });
// Which events have been deleted, for good.
archivedEventSchema.index(
  { 'envelope.data.event.id': 1 },
  { partialFilterExpression: { type: 'usher.event.deleted' satisfies UsherEventType } },
);

/** The newest position, in a document of its own so that taking the next ones is one guarded write. */
export interface ArchiveHead {
  _id: 'archive';
  position: number;
}

export const ARCHIVE_HEAD = 'ArchiveHead';

export const archiveHeadSchema = new Schema<ArchiveHead>(
  { _id: { type: String, required: true }, position: { type: Number, required: true } },
  { collection: 'archive_head', versionKey: false },
);
