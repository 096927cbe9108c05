import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import { Transactions } from '#persistence';
import { CLOCK } from '../../config.js';
import { type Claimed, DeliveriesRepository } from '../deliveries.repository.js';
import type { Verdict } from '../delivery.js';
import { DeliveryQueue } from '../dispatch/delivery-queue.js';

/** Writes what came of an attempt, and lets the next of the lane go. What a lapsed claim has to say is ignored. */
@Injectable()
export class Settling {
  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly transactions: Transactions,
    private readonly queue: DeliveryQueue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async record(claimed: Claimed, verdict: Verdict): Promise<void> {
    if (verdict.status !== 'pending') return this.settle(claimed, verdict.status, verdict.attempt);
    const { next } = verdict.attempt;
    const kept = await this.deliveries.retryLater(claimed, verdict);
    const { id, channel, subscription_id } = claimed.delivery;
    if (kept && next !== null) this.queue.putAt(next, { _id: id, channel, subscription_id });
  }

  async settle(
    claimed: Claimed,
    status: 'succeeded' | 'dead' | 'discarded',
    attempt?: Verdict['attempt'],
  ): Promise<void> {
    const now = this.clock.now();
    const how = { now, ...(attempt === undefined ? {} : { attempt }) };
    const { lane } = claimed.delivery;
    if (lane === null) {
      await this.deliveries.settle(claimed, status, how);
      return;
    }
    const next = await this.transactions.run(async () => {
      const settled = await this.deliveries.settle(claimed, status, how);
      return settled ? this.deliveries.passOn(lane, now) : undefined;
    });
    if (next !== undefined) await this.queue.put([next]);
  }
}
