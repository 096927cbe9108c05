import { Inject, Injectable } from '@nestjs/common';
import { Batcher, type Clock } from '#kernel';
import { Transactions } from '#persistence';
import { CLOCK } from '../../config.js';
import { type Claimed, DeliveriesRepository, type Due, type Ending } from '../deliveries.repository.js';
import type { Verdict } from '../delivery.js';
import { DeliveryQueue } from '../dispatch/delivery-queue.js';

const AT_ONCE = 500;
/** Nothing waits for what is written here but an acknowledgement: so more of it is written at once. */
const PACE_MS = 50;

/** Writes what becomes of claimed deliveries, and lets the next of a lane go. What a lapsed claim has to say is ignored. */
@Injectable()
export class Settling {
  private readonly writes = new Batcher<readonly [Claimed, Ending], void>({
    work: async (_key, endings) => {
      await this.deliveries.end(endings);
      return endings.map(() => ({ status: 'fulfilled', value: undefined }));
    },
    maxBatch: AT_ONCE,
    // The queues' prefetch bounds them.
    maxWaiting: Infinity,
    paceMs: PACE_MS,
  });

  private readonly deferrals = new Batcher<string, void>({
    work: async (_key, ids) => {
      await this.deliveries.defer(ids, this.clock.now());
      return ids.map(() => ({ status: 'fulfilled', value: undefined }));
    },
    maxBatch: AT_ONCE,
    maxWaiting: Infinity,
    paceMs: PACE_MS,
  });

  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly transactions: Transactions,
    private readonly queue: DeliveryQueue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers the next of its lane, which may go now. */
  async record(claimed: Claimed, { status, attempt, template }: Verdict): Promise<Due | undefined> {
    if (status !== 'pending')
      return this.settle(claimed, { kind: 'settled', status, attempt, template, now: this.clock.now() });
    await this.writes.submit('deliveries', [claimed, { kind: 'retried', attempt, template }]);
    const { id, channel, subscription_id } = claimed.delivery;
    if (attempt.next !== null) this.queue.putAt(attempt.next, { _id: id, channel, subscription_id });
    return undefined;
  }

  /** To somebody who is gone nothing is delivered any more. Answers the next of its lane. */
  async discard(claimed: Claimed): Promise<Due | undefined> {
    return this.settle(claimed, { kind: 'settled', status: 'discarded', now: this.clock.now() });
  }

  /** Without an attempt, to be called again then. */
  async giveBack(claimed: Claimed, until: Date): Promise<void> {
    await this.writes.submit('deliveries', [claimed, { kind: 'given-back', now: this.clock.now(), until }]);
  }

  /** Unclaimed, to be put into the queue again later: its destination has no room for it now. */
  async defer(id: string): Promise<void> {
    await this.deferrals.submit('deliveries', id);
  }

  /** What has waited for that destination, which is back, goes at once. */
  async release(destination: string): Promise<void> {
    await this.deliveries.release(destination, this.clock.now());
  }

  /** The next of a lane, by way of the queue. */
  async handOn(next: Due): Promise<void> {
    await this.queue.put([next]);
  }

  private async settle(claimed: Claimed, ending: Extract<Ending, { kind: 'settled' }>): Promise<Due | undefined> {
    const { lane } = claimed.delivery;
    if (lane === null) {
      await this.writes.submit('deliveries', [claimed, ending]);
      return undefined;
    }
    for (;;) {
      const { ended, next } = await this.transactions.run(async () =>
        (await this.deliveries.endInLane(claimed, ending))
          ? { ended: true, next: await this.deliveries.passOn(lane, ending.now) }
          : { ended: false, next: undefined },
      );
      // A transaction may read as of a moment before the claim, which nobody waited for the majority to have.
      if (ended || !(await this.deliveries.isClaimed(claimed))) return next;
    }
  }
}
