import { Schema } from 'mongoose';

/** How far reminding has come; there is one document of it. */
export interface ProgressDocument {
  _id: string;
  /** Everything that fell due before this has been dealt with. */
  until: Date;
}

export const PROGRESS = 'ReminderProgress';

export const progressSchema = new Schema<ProgressDocument>(
  {
    _id: { type: String, required: true },
    until: { type: Date, required: true },
  },
  { collection: 'reminder_progress', versionKey: false },
);
