import { Schema } from 'mongoose';
import type { Compatibility } from './compatibility/compatibility.js';

/** A version of the schema of a type's data; never changed once it is there. */
export interface RegisteredSchema {
  /** Type and version, such that versions sort by number. */
  _id: string;
  type: string;
  /** 1 for the first of a type, without gaps. */
  version: number;
  /** As JSON: the members of a schema are not names for MongoDB to read anything into. */
  document: string;
  compatibility: Compatibility;
  created_at: Date;
}

export const REGISTERED_SCHEMA = 'RegisteredSchema';

export const registeredSchemaSchema = new Schema<RegisteredSchema>(
  {
    _id: { type: String, required: true },
    type: { type: String, required: true },
    version: { type: Number, required: true },
    document: { type: String, required: true },
    compatibility: { type: String, required: true },
    created_at: { type: Date, required: true },
  },
  { collection: 'schemas', versionKey: false },
);

registeredSchemaSchema.index({ type: 1, version: -1 });
