import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Envelope } from '#contracts';
import type { Clock } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { CLOCK } from '../../config.js';
import type { Subscription } from '../subscription.js';
import { SubscriptionsRepository } from '../subscriptions.repository.js';
import { DELETIONS_KEPT_MS } from '../subscriptions.schema.js';
import type { Interest } from './interest.js';
import { SubscriptionIndex } from './subscription-index.js';

/** What an event is delivered by. */
export interface MatchedSubscription {
  id: string;
  protocol: Subscription['protocol'];
  sink: string;
  ordering: Subscription['config']['ordering'];
  maxAttempts: number;
  interest: Interest;
}

export interface Match {
  envelope: Envelope;
  subscription: MatchedSubscription;
}

/** An instance that has not looked for so long may have missed deletions that are forgotten by now. */
const STALE_AFTER_MS = DELETIONS_KEPT_MS / 2;

/**
 * Finds the subscriptions of events, in memory: every instance has all of them, and each call first reads what changed
 * since the last. So whatever a client was told before an event came is heeded, on whichever instance.
 */
@Injectable()
export class SubscriptionMatcher implements OnApplicationBootstrap {
  private readonly index = new SubscriptionIndex<MatchedSubscription>();
  private revision = 0;
  /** When the index was last up to date; undefined until it is loaded. */
  private seenAt: Date | undefined;
  private lookedUp: Promise<void> = Promise.resolve();

  constructor(
    private readonly subscriptions: SubscriptionsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Loads what there is, so that the first event need not wait for it; a failure is the first call's to repeat. */
  onApplicationBootstrap(): void {
    this.lookUp().catch((error: unknown) => this.logger.warn({ err: error }, 'subscriptions.not_loaded'));
  }

  /**
   * What each event is to be delivered by, in the order of `envelopes`, which must have been published before the call.
   * Throws a retryable `unavailable` when MongoDB is out of reach.
   */
  async match(envelopes: readonly Envelope[]): Promise<readonly Match[]> {
    await this.lookUp();
    return envelopes.flatMap((envelope) =>
      this.index.match(envelope).map((subscription) => ({ envelope, subscription })),
    );
  }

  /** Calls take turns: each has to begin its own look, since an earlier one may be too early for its events. */
  private lookUp(): Promise<void> {
    const turn = this.lookedUp.catch(() => undefined).then(() => this.catchUp());
    this.lookedUp = turn;
    return turn;
  }

  private async catchUp(): Promise<void> {
    const now = this.clock.now();
    if (this.seenAt === undefined || now.getTime() - this.seenAt.getTime() > STALE_AFTER_MS) await this.load();
    const head = await this.subscriptions.revision();
    if (head !== this.revision) {
      for (const { id, subscription } of await this.subscriptions.changesAfter(this.revision))
        if (subscription?.config.enabled === true) this.index.put(toMatched(subscription));
        else this.index.remove(id);
      this.revision = head;
    }
    this.seenAt = now;
  }

  private async load(): Promise<void> {
    this.seenAt = undefined;
    this.index.clear();
    // Read before the subscriptions: what changes while they are read is read again.
    this.revision = await this.subscriptions.revision();
    for await (const subscription of this.subscriptions.enabled()) this.index.put(toMatched(subscription));
    this.logger.info({ subscriptions: this.index.size, revision: this.revision }, 'subscriptions.loaded');
  }
}

const toMatched = ({ id, protocol, sink, config, audience, types, source, filters }: Subscription) => ({
  id,
  protocol,
  sink,
  ordering: config.ordering,
  maxAttempts: config.max_attempts,
  interest: { audience, types, source, filters },
});
