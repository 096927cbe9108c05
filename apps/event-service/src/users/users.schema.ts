import { Schema } from 'mongoose';
import type { User } from './user.js';

/** A user as it is stored. */
export interface UserDocument extends Omit<User, 'id'> {
  _id: string;
  /** Unique: what makes two spellings one address, one name. */
  email_key: string;
  username_key: string;
  password_hash: string;
}

export const userSchema = new Schema<UserDocument>(
  {
    _id: { type: String, required: true },
    email: { type: String, required: true },
    email_key: { type: String, required: true },
    username: { type: String, required: true },
    username_key: { type: String, required: true },
    password_hash: { type: String, required: true },
    password_version: { type: Number, required: true },
    full_name: { type: String, default: null },
    is_verified: { type: Boolean, required: true },
    roles: { type: [String], required: true },
    locale: { type: String, required: true },
    timezone: { type: String, required: true },
    version: { type: Number, required: true },
    created_at: { type: Date, required: true },
    updated_at: { type: Date, required: true },
  },
  { collection: 'users', versionKey: false },
);

userSchema.index({ email_key: 1 }, { unique: true });
userSchema.index({ username_key: 1 }, { unique: true });

export const USER = 'User';
