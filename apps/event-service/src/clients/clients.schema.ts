import { Schema } from 'mongoose';
import type { Client } from './client.js';

/** A client as it is stored. */
export interface ClientDocument extends Omit<Client, 'id'> {
  _id: string;
  /** SHA-256 of its secret. */
  secret_hash: string;
}

const creator = new Schema(
  { id: { type: String, default: null }, username: { type: String, required: true } },
  { _id: false },
);

export const clientSchema = new Schema<ClientDocument>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    scopes: { type: [String], required: true },
    secret_hash: { type: String, required: true },
    created_by: { type: creator, required: true },
    created_at: { type: Date, required: true },
    last_used_at: { type: Date, default: null },
  },
  { collection: 'clients', versionKey: false },
);

clientSchema.index({ created_at: -1, _id: -1 });

export const CLIENT = 'Client';
