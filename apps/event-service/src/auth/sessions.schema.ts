import { type InferSchemaType, Schema } from 'mongoose';

/** One login and the refresh token that is its newest; all before it are worthless, and one that turns up ends it. */
export const sessionSchema = new Schema(
  {
    /** SHA-256 of what the tokens of this login have in common. */
    _id: { type: String, required: true },
    /** SHA-256 of the secret part of the newest token. */
    secret: { type: String, required: true },
    user_id: { type: String, required: true, index: true },
    /** The user's password when they signed in; another since then ends the session. */
    password_version: { type: Number, required: true },
    created_at: { type: Date, required: true },
    expires_at: { type: Date, required: true, index: { expireAfterSeconds: 0 } },
  },
  { collection: 'sessions', versionKey: false },
);
export type SessionDocument = InferSchemaType<typeof sessionSchema> & { _id: string };
export const SESSION = 'Session';
