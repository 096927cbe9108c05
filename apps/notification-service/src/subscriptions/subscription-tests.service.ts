import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import type { Envelope } from '#contracts';
import { type Clock, UsherError } from '#kernel';
import { Transactions } from '#persistence';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { CLOCK } from '../config.js';
import { newTestEvent } from './matching/test-event.js';
import { SubscriptionsService } from './subscriptions.service.js';

/** Has a subscriber see whether events arrive: by the way that all events go, from the archive on. */
@Injectable()
export class SubscriptionTests {
  constructor(
    private readonly subscriptions: SubscriptionsService,
    private readonly archive: ArchiveRepository,
    private readonly transactions: Transactions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Archives an event of that id for the subscription alone; once, however often it is called. Throws `conflict` for a
   * subscription that is paused: nothing would come.
   */
  async sendTestEvent(subscriptionId: string, eventId: string, principal: Principal): Promise<Envelope> {
    const { config } = await this.subscriptions.readSubscription(subscriptionId, principal);
    if (!config.enabled) throw new UsherError('conflict', 'The subscription is paused; resume it first.');
    const now = this.clock.now();
    const envelope = newTestEvent(subscriptionId, eventId, now);
    await this.transactions.run(async () => {
      const fresh = await this.archive.withoutKnown([envelope]);
      if (fresh.length > 0) await this.archive.append(fresh, now);
    });
    return envelope;
  }
}
