import { Schema } from 'mongoose';

/** What Usher knows of one person as a reader of notifications. */
export interface Reader {
  /** The user's id. */
  _id: string;
  /** The position of their registration: what everyone was told before is not for them. Null until it is archived. */
  since: number | null;
  /** Everything up to here counts as read. */
  read_through: number;
  /** The last position that one of their clients acknowledged. */
  acknowledged: number;
}

export const READER = 'Reader';

export const readerSchema = new Schema<Reader>(
  {
    _id: { type: String, required: true },
    since: { type: Number, default: null },
    read_through: { type: Number, default: 0 },
    acknowledged: { type: Number, default: 0 },
  },
  { collection: 'readers', versionKey: false },
);

/** That one person has read one notification beyond their `read_through`. */
export interface ReadMark {
  /** `<user_id>:<position>`. */
  _id: string;
  user_id: string;
  position: number;
}

export const READ_MARK = 'ReadMark';

export const readMarkSchema = new Schema<ReadMark>(
  {
    _id: { type: String, required: true },
    user_id: { type: String, required: true },
    position: { type: Number, required: true },
  },
  { collection: 'read_marks', versionKey: false },
);

readMarkSchema.index({ user_id: 1, position: 1 });
readMarkSchema.index({ position: 1 });
