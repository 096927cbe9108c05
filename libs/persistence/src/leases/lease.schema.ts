import { Schema } from 'mongoose';

/** Who may do, for now, what only one instance at a time may do. */
export interface LeaseDocument {
  /** What is leased. */
  _id: string;
  /** The instance that has it, or had it last. */
  holder: string;
  /** Grows with every change of hands: the fencing token. */
  token: number;
  expires_at: Date;
  /** A number that only the holder moves, in the same transaction as what it counts. */
  counter: number;
  /** How often it has moved it, by nothing too: what makes each of them a write. */
  moves: number;
}

export const LEASE = 'Lease';

export const leaseSchema = new Schema<LeaseDocument>(
  {
    _id: { type: String, required: true },
    holder: { type: String, required: true },
    token: { type: Number, required: true },
    expires_at: { type: Date, required: true },
    counter: { type: Number, default: 0 },
    moves: { type: Number, default: 0 },
  },
  { collection: 'leases', versionKey: false },
);
