import { Schema } from 'mongoose';
import type { Attachment } from './attachment.js';

/** An attachment as it is stored. There is a document for every file in the store, from before the file is there. */
export interface AttachmentDocument extends Omit<Attachment, 'id'> {
  _id: string;
  /** Whether its event has ever pointed to it. */
  state: 'pending' | 'live';
  /** When to see whether its event points to it, and to remove it if not. */
  check_at: Date;
}

export const attachmentSchema = new Schema<AttachmentDocument>(
  {
    _id: { type: String, required: true },
    event_id: { type: String, required: true, index: true },
    name: { type: String, required: true },
    type: { type: String, required: true },
    size: { type: Number, required: true },
    state: { type: String, enum: ['pending', 'live'], required: true },
    created_at: { type: Date, required: true },
    check_at: { type: Date, required: true, index: true },
  },
  { collection: 'attachments', versionKey: false },
);

export const ATTACHMENT = 'Attachment';
