import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { newId, UsherError } from '#kernel';
import { bytesOf, duplicateKeyFields } from '#persistence';
import { IDEMPOTENCY_RECORD, type IdempotencyRecord } from './idempotency.schema.js';

const KEPT_MS = 24 * 60 * 60_000;
/** An attempt that has not answered by then is taken for dead. */
export const LEASE_MS = 60_000;

export type Beginning = { kind: 'first'; attempt: string; resourceId: string } | { kind: 'answered'; answer: Buffer };

@Injectable()
export class IdempotencyRecords {
  constructor(@InjectModel(IDEMPOTENCY_RECORD) private readonly records: Model<IdempotencyRecord>) {}

  /**
   * Claims the record for one attempt, or finds the answer of an earlier one. An attempt that repeats a failed or dead
   * one has the same resource id. Throws `idempotency-key-reused` and `idempotency-in-flight`.
   */
  async begin(id: string, fingerprint: string): Promise<Beginning> {
    for (;;) {
      const now = new Date();
      const fresh = { fingerprint, resource_id: newId(), ...lease(now), expires_at: new Date(now.getTime() + KEPT_MS) };
      try {
        await this.records.create({ _id: id, ...fresh });
        return { kind: 'first', attempt: fresh.attempt, resourceId: fresh.resource_id };
      } catch (error) {
        if (duplicateKeyFields(error) === undefined) throw error;
      }
      const known = await this.records.findOne({ _id: id }).lean<IdempotencyRecord>();
      if (known === null) continue;
      const same = known.fingerprint === fingerprint;
      const over = known.expires_at <= now || (known.state === 'open' && !same);
      if (!over && !same)
        throw new UsherError('idempotency-key-reused', 'This Idempotency-Key came with another request before.');
      if (!over && known.state === 'answered') return { kind: 'answered', answer: bytesOf(known.answer) };
      if (!over && known.state === 'running' && known.lease_ends_at > now)
        throw new UsherError('idempotency-in-flight', 'The first request with this Idempotency-Key is still running.', {
          retryable: true,
          retryAfter: 1,
        });
      const claim = over ? fresh : { ...lease(now), resource_id: known.resource_id };
      const claimed = await this.records.updateOne(
        { _id: id, attempt: known.attempt, state: known.state },
        { $set: claim },
      );
      if (claimed.modifiedCount === 1) return { kind: 'first', attempt: claim.attempt, resourceId: claim.resource_id };
    }
  }

  /** Keeps the answer, unless another attempt has taken over meanwhile. */
  async finish(id: string, attempt: string, answer: Buffer): Promise<void> {
    await this.records.updateOne({ _id: id, attempt }, { $set: { state: 'answered', answer } });
  }

  /** Lets the next attempt in at once: this one failed for a reason of ours. */
  async reopen(id: string, attempt: string): Promise<void> {
    await this.records.updateOne({ _id: id, attempt }, { $set: { state: 'open' } });
  }
}

const lease = (now: Date) => ({
  state: 'running' as const,
  answer: null,
  attempt: newId(),
  lease_ends_at: new Date(now.getTime() + LEASE_MS),
});
