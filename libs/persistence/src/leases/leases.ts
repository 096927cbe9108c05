import type { Model } from 'mongoose';
import { type Clock, UsherError } from '#kernel';
import { duplicateKeyFields, fromMongoError } from '../errors.js';
import { trustedFilter } from '../trusted-filter.js';
import type { LeaseDocument } from './lease.schema.js';

/** A lease in the hands of `holder`, who counts on it only until `expiresAt`. */
export interface Lease {
  name: string;
  holder: string;
  token: number;
  expiresAt: Date;
}

/** The lease is in other hands by now; whatever relied on it is undone. */
export class LeaseLost extends UsherError {
  constructor(name: string) {
    super('conflict', `The lease ${name} has changed hands.`);
    this.name = 'LeaseLost';
  }
}

/**
 * Leases with fencing tokens: they elect one instance for a task, and another within `ttlMs` of its death. Clocks decide
 * only how soon; that two never both act is up to {@link Leases.advance}. Source: M. Kleppmann, "How to do distributed
 * locking" (2016). Every method throws a retryable `unavailable` while MongoDB is out of reach.
 */
export class Leases {
  constructor(
    private readonly leases: Model<LeaseDocument>,
    private readonly clock: Clock,
  ) {}

  /** Takes the lease for `ttlMs` milliseconds where it is free or has expired; undefined where somebody has it. */
  async acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + ttlMs);
    try {
      const { token } = await this.leases
        .findOneAndUpdate(
          trustedFilter({ _id: name, expires_at: { $lte: now } }),
          { $set: { holder, expires_at: expiresAt }, $inc: { token: 1 }, $setOnInsert: { counter: 0, moves: 0 } },
          { upsert: true, returnDocument: 'after' },
        )
        .lean();
      return { name, holder, token, expiresAt };
    } catch (error) {
      // It exists and has not expired, so that the upsert tried to make another one.
      if (duplicateKeyFields(error) !== undefined) return undefined;
      throw fromMongoError(error);
    }
  }

  /** Prolongs it by `ttlMs` from now; undefined where it has changed hands. */
  async renew(lease: Lease, ttlMs: number): Promise<Lease | undefined> {
    const expiresAt = new Date(this.clock.now().getTime() + ttlMs);
    const { matchedCount } = await this.update(lease, expiresAt);
    return matchedCount === 1 ? { ...lease, expiresAt } : undefined;
  }

  /** Lets the next one have it at once; does nothing where it has changed hands already. */
  async release(lease: Lease): Promise<void> {
    await this.update(lease, new Date(0));
  }

  /**
   * Moves the lease's counter by `by` within the running transaction and returns where it stands then. Throws
   * {@link LeaseLost} where the lease has changed hands; if that happens while the transaction runs, MongoDB finds the
   * conflict and the transaction begins again, to find it lost: also where it is moved by 0.
   */
  async advance(lease: Lease, by: number): Promise<number> {
    const moved = await this.leases
      .findOneAndUpdate(held(lease), { $inc: { counter: by, moves: 1 } }, { returnDocument: 'after' })
      .lean();
    if (moved === null) throw new LeaseLost(lease.name);
    return moved.counter;
  }

  private async update(lease: Lease, expiresAt: Date): Promise<{ matchedCount: number }> {
    try {
      return await this.leases.updateOne(held(lease), { $set: { expires_at: expiresAt } });
    } catch (error) {
      throw fromMongoError(error);
    }
  }
}

const held = ({ name, holder, token }: Lease): Pick<LeaseDocument, '_id' | 'holder' | 'token'> => ({
  _id: name,
  holder,
  token,
});
