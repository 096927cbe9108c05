import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import { LOGGER, type Logger, Metrics } from '#observability';
import { ArchiveFeed } from '../../archive/archive-feed.js';
import { CLOCK } from '../../config.js';
import type { Channel, Outcome } from '../channels/channel.js';
import { type Claimed, DeliveriesRepository } from '../deliveries.repository.js';
import { judge, type Verdict } from '../delivery.js';
import { type Subscriber, Subscribers } from '../ports.js';
import type { Admission } from './breaker.js';
import { DestinationsRepository } from './destinations.repository.js';
import { Settling } from './settling.js';

/** How long a receiver may take, answer included. */
export const ATTEMPT_MS = 15_000;
/** How long a claim outlives an instance that died with it. */
const CLAIM_MS = ATTEMPT_MS + 5_000;
/** How soon it is looked again whether a paused subscription has been resumed. */
const PAUSED_MS = 5_000;
/** Where no breaker is asked. */
const PASS = { kind: 'pass' } as const satisfies Admission;

/** Makes one attempt at one delivery: asks whether it may, has the channel do it, and writes down what came of it. */
@Injectable()
export class Courier {
  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly destinations: DestinationsRepository,
    private readonly subscribers: Subscribers,
    private readonly archive: ArchiveFeed,
    private readonly settling: Settling,
    private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Does nothing where it is not due, or somebody else has it. Throws a retryable `unavailable` without a database. */
  async attempt(channel: Channel, deliveryId: string): Promise<void> {
    const now = this.clock.now();
    const claimed = await this.deliveries.claim(deliveryId, now, new Date(now.getTime() + CLAIM_MS));
    if (claimed === undefined) return;
    const subscriber = await this.subscribers.find(claimed.delivery.subscription_id);
    if (subscriber === undefined) return this.settling.settle(claimed, 'discarded');
    if (!subscriber.enabled) return this.deliveries.giveBack(claimed, new Date(now.getTime() + PAUSED_MS));
    const admission = channel.breaks ? await this.destinations.admit(claimed.delivery.subscription_id, now) : PASS;
    if (admission.kind === 'wait') return this.deliveries.giveBack(claimed, admission.until);
    await this.bring(claimed, { channel, subscriber, probe: admission.kind === 'probe' });
  }

  private async bring(
    claimed: Claimed,
    { channel, subscriber, probe }: { channel: Channel; subscriber: Subscriber; probe: boolean },
  ): Promise<void> {
    const { delivery } = claimed;
    const startedAt = this.clock.now();
    const outcome = await this.ship(claimed, channel, subscriber);
    const finishedAt = this.clock.now();
    const tried = { outcome, startedAt, finishedAt, tries: delivery.tries + 1, maxTries: subscriber.maxAttempts };
    const verdict = judge(channel.retries, tried, Math.random());
    if (channel.breaks) await this.heed(delivery.subscription_id, outcome, { probe, finishedAt });
    if (verdict.disables) await this.subscribers.disable(delivery.subscription_id);
    await this.settling.record(claimed, verdict);
    this.report(claimed, outcome, verdict);
  }

  private async heed(
    destination: string,
    outcome: Outcome,
    { probe, finishedAt }: { probe: boolean; finishedAt: Date },
  ): Promise<void> {
    if (outcome.kind === 'delivered') await this.destinations.succeeded(destination);
    else await this.destinations.failed(destination, { probe }, finishedAt);
  }

  private async ship({ delivery }: Claimed, channel: Channel, subscriber: Subscriber): Promise<Outcome> {
    const event = await this.archive.find(delivery.event.position);
    if (event === undefined) return { kind: 'permanent', stage: 'prepare', error: 'The event is not archived.' };
    const { sink, secrets } = subscriber;
    return channel.deliver(
      { id: delivery.id, envelope: event.envelope, sink, secrets, replayId: delivery.replay_id },
      AbortSignal.timeout(ATTEMPT_MS),
    );
  }

  private report({ delivery }: Claimed, outcome: Outcome, { status, attempt }: Verdict): void {
    const { id, channel, subscription_id, event, tries } = delivery;
    this.metrics.count('usher_delivery_attempts_total', { channel, outcome: outcome.kind });
    this.metrics.observe(
      'usher_delivery_attempt_seconds',
      { channel, outcome: outcome.kind },
      attempt.duration_ms / 1000,
    );
    // Those of a replay wait for one another.
    if (status === 'succeeded' && delivery.replay_id === null) {
      const sinceMade = (this.clock.now().getTime() - delivery.created_at.getTime()) / 1000;
      this.metrics.observe('usher_delivery_delay_seconds', { channel }, sinceMade);
    }
    this.logger.info(
      {
        delivery_id: id,
        channel,
        subscription_id,
        position: event.position,
        event_id: event.id,
        source: event.source,
        type: event.type,
        replay_id: delivery.replay_id,
        attempt: tries + 1,
        outcome: outcome.kind,
        delivery_status: status,
        stage: attempt.stage,
        status: attempt.status,
        error: attempt.error,
        duration_ms: attempt.duration_ms,
        next_attempt_at: attempt.next,
      },
      'delivery.attempted',
    );
  }
}
