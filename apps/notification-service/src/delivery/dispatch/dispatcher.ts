import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, systemClock } from '#kernel';
import { ElectedWork } from '#messaging';
import { LOGGER, type Logger, Metrics } from '#observability';
import { type Lease, Leases, Transactions } from '#persistence';
import { ArchiveCursor } from '../../archive/archive-cursor.js';
import { ArchiveFeed } from '../../archive/archive-feed.js';
import type { ArchivedEvent } from '../../archive/archive.schema.js';
import { CLOCK } from '../../config.js';
import { DeliveriesRepository, type NewDelivery } from '../deliveries.repository.js';
import { laneOf } from '../delivery.js';
import { type Match, Subscribers } from '../ports.js';
import { DeliveryQueue } from './delivery-queue.js';

const LEASE = 'delivery-dispatcher';
const BATCH = 200;
/** What this process has made is put into the queue by itself; what nobody has claimed by then was lost with it. */
const UNCLAIMED_MS = 5_000;
/** How often it is looked for what is due. */
const LOOK_MS = 900;

/**
 * Follows the archive and makes the deliveries of each event, once: they are inserted in the transaction that moves the
 * cursor, which is the counter of the lease that elects one instance. Also puts what is due into the queues.
 */
@Injectable()
export class Dispatcher implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: ElectedWork;
  private readonly cursor: ArchiveCursor;
  private lookedAt = 0;

  constructor(
    private readonly archive: ArchiveFeed,
    private readonly deliveries: DeliveriesRepository,
    private readonly subscribers: Subscribers,
    private readonly queue: DeliveryQueue,
    private readonly transactions: Transactions,
    leases: Leases,
    private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.cursor = new ArchiveCursor(leases);
    this.work = new ElectedWork({
      name: LEASE,
      leases,
      // The clock by which leases are given.
      clock: systemClock,
      logger,
      step: (lease) => this.step(lease),
      watch: (wake) => archive.watch(wake, logger),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }

  /** Deliveries may have become due out of turn. */
  wake(): void {
    this.work.wake();
  }

  private async step(lease: Lease): Promise<boolean> {
    const more = await this.fanOut(lease);
    return (await this.putDue()) || more;
  }

  /** What is made goes into the queues at once; so what else is due need not be looked for with every event. */
  private async putDue(): Promise<boolean> {
    const now = this.clock.now().getTime();
    if (now - this.lookedAt < LOOK_MS) return false;
    if (await this.queue.putDue()) return true;
    this.lookedAt = now;
    return false;
  }

  /** Makes the deliveries of the next events; answers whether there may be more events. */
  private async fanOut(lease: Lease): Promise<boolean> {
    const after = await this.cursor.position(lease);
    const events = await this.archive.after(after, BATCH);
    if (events.length === 0) return false;
    const matches = await this.subscribers.match(events.map(({ envelope }) => envelope));
    const made = deliveriesOf(events, matches);
    const due = await this.transactions.run(async () => {
      await this.cursor.advance(lease, events);
      const now = this.clock.now();
      return this.deliveries.insert(made, now, new Date(now.getTime() + UNCLAIMED_MS));
    });
    this.cursor.reached(lease, after + events.length);
    this.metrics.count('usher_deliveries_made_total', {}, made.length);
    this.metrics.set('usher_delivery_position', {}, after + events.length);
    await this.queue.putNew(due);
    return events.length === BATCH;
  }
}

function deliveriesOf(events: readonly ArchivedEvent[], matches: readonly Match[]): NewDelivery[] {
  const byEnvelope = new Map(events.map((event) => [event.envelope, event]));
  return matches.flatMap(({ envelope, subscription }) => {
    const event = byEnvelope.get(envelope);
    if (event === undefined) return [];
    const { _id: position, id, source, type, subject } = event;
    return {
      channel: subscription.channel,
      subscription_id: subscription.id,
      event: { position, id, source, type, subject },
      replay_id: null,
      lane: laneOf(subscription, subject),
    };
  });
}
