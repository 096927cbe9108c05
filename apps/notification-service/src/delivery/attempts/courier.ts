import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import { LOGGER, type Logger, Metrics } from '#observability';
import { CLOCK } from '../../config.js';
import type { Channel, Outcome } from '../channels/channel.js';
import type { Claimed, Due } from '../deliveries.repository.js';
import { judge, type Verdict } from '../delivery.js';
import { Subscribers } from '../ports.js';
import { ATTEMPT_MS, type Called, type Departure, Departures } from './departures.js';
import { DestinationsRepository } from './destinations.repository.js';
import { Settling } from './settling.js';
import { Slots } from './slots.js';

/** How soon one that had to wait for a slot for too long asks again. */
const NO_SLOT_MS = 1_000;

/** How long a lane stays in one hand: what is quick saves the way through the queue, what is slow holds nothing up. */
const IN_HAND_MS = 1_000;

/** Makes one attempt at one delivery: asks whether it may, has the channel do it, and writes down what came of it. */
@Injectable()
export class Courier {
  private readonly slots = new Slots();

  constructor(
    private readonly departures: Departures,
    private readonly destinations: DestinationsRepository,
    private readonly subscribers: Subscribers,
    private readonly settling: Settling,
    private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Does nothing where it is not due, or somebody else has it. Goes on with the next of its lane for a while. Throws a
   * retryable `unavailable` without a database.
   */
  async attempt(channel: Channel, called: Called): Promise<void> {
    const until = this.clock.now().getTime() + IN_HAND_MS;
    let next = await this.attemptOne(channel, called);
    while (next !== undefined && this.clock.now().getTime() < until)
      next = await this.attemptOne(channel, { ...called, id: next._id, redelivered: false });
    if (next !== undefined) await this.settling.handOn(next);
  }

  /** Answers the next of its lane, if it is its turn now. */
  private async attemptOne(channel: Channel, called: Called): Promise<Due | undefined> {
    if (this.slots.refuses(called.destination)) {
      await this.settling.defer(called.id);
      return undefined;
    }
    const decision = await this.departures.call(called);
    switch (decision?.kind) {
      case undefined:
        return undefined;
      case 'gone':
        return this.settling.discard(decision.claimed);
      case 'wait':
        await this.settling.giveBack(decision.claimed, decision.until);
        return undefined;
      case 'go':
        return this.bring(decision, channel);
      default:
        return decision satisfies never;
    }
  }

  private async bring(departure: Departure, channel: Channel): Promise<Due | undefined> {
    const { claimed, subscriber, probe } = departure;
    const { subscription_id, tries } = claimed.delivery;
    const made = await this.slots.run(subscription_id, async () => {
      const startedAt = this.clock.now();
      return { startedAt, outcome: await ship(departure, channel), finishedAt: this.clock.now() };
    });
    if (made === undefined) {
      await this.settling.giveBack(claimed, new Date(this.clock.now().getTime() + NO_SLOT_MS));
      return undefined;
    }
    const { outcome, finishedAt } = made;
    const tried = { ...made, tries: tries + 1, maxTries: subscriber.maxAttempts };
    const verdict = judge(channel.retries, tried, Math.random());
    if (channel.breaks) await this.heed(outcome, { destination: subscription_id, probe, at: finishedAt });
    if (verdict.disables) await this.subscribers.disable(subscription_id);
    const next = await this.settling.record(claimed, verdict);
    this.report(claimed, outcome, verdict);
    return next;
  }

  private async heed(
    outcome: Outcome,
    { destination, probe, at }: { destination: string; probe: boolean; at: Date },
  ): Promise<void> {
    const state = outcome.kind === 'delivered' ? 'well' : (outcome.destination ?? 'ill');
    if (state === 'ill') await this.destinations.failed(destination, { probe, at });
    if (state === 'well' && (await this.destinations.succeeded(destination))) await this.settling.release(destination);
  }

  private report({ delivery }: Claimed, outcome: Outcome, { status, attempt }: Verdict): void {
    const { id, channel, subscription_id, recipient, event, tries } = delivery;
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
        recipient,
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

async function ship(
  { claimed: { delivery }, subscriber, envelope }: Pick<Departure, 'claimed' | 'subscriber' | 'envelope'>,
  channel: Channel,
): Promise<Outcome> {
  if (envelope === undefined) return { kind: 'permanent', stage: 'prepare', error: 'The event is not archived.' };
  const { sink, secrets } = subscriber;
  const { id, replay_id: replayId, recipient, template } = delivery;
  const shipment = {
    ...{ id, envelope, sink, secrets, replayId },
    ...(recipient === undefined ? {} : { recipient }),
    ...(template === undefined ? {} : { template }),
  };
  return channel.deliver(shipment, AbortSignal.timeout(ATTEMPT_MS));
}
