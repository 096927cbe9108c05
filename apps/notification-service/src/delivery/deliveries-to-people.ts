import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import { Metrics } from '#observability';
import { CLOCK } from '../config.js';
import { DeliveriesRepository, type PersonalDelivery } from './deliveries.repository.js';
import { DeliveryQueue } from './dispatch/delivery-queue.js';

/** Deliveries that a feature makes for people, beside those that the archive is matched with subscriptions for. */
@Injectable()
export class DeliveriesToPeople {
  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly queue: DeliveryQueue,
    private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Idempotent: of one event there is one for each person and subscription, however often it is asked for. */
  async make(deliveries: readonly PersonalDelivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    const now = this.clock.now();
    const made = await this.deliveries.insertMissing(deliveries, now);
    this.metrics.count('usher_deliveries_made_total', {}, made.length);
    await this.queue.put(made.filter(({ enqueue_at }) => enqueue_at !== null && enqueue_at <= now));
  }
}
