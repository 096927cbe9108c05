import { type InferSchemaType, Schema } from 'mongoose';

/** How much of a limit a caller has used in its present window, counted for all instances together. */
export const rateWindowSchema = new Schema(
  {
    /** Limiter and caller, hashed: neither addresses nor account names are kept. */
    _id: { type: String, required: true },
    count: { type: Number, required: true },
    ends_at: { type: Date, required: true, index: { expireAfterSeconds: 0 } },
  },
  { collection: 'rate_windows', versionKey: false },
);
export type RateWindow = InferSchemaType<typeof rateWindowSchema> & { _id: string };
export const RATE_WINDOW = 'RateWindow';
