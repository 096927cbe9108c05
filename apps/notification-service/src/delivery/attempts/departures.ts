import { Inject, Injectable } from '@nestjs/common';
import type { Envelope } from '#contracts';
import { Batcher, type Clock } from '#kernel';
import { ArchiveFeed } from '../../archive/archive-feed.js';
import { CLOCK } from '../../config.js';
import { Channels } from '../channels/channels.js';
import { type Claimed, DeliveriesRepository } from '../deliveries.repository.js';
import { type Subscriber, Subscribers } from '../ports.js';
import { type Breakers, DestinationsRepository } from './destinations.repository.js';

/** How long a receiver may take, answer included. */
export const ATTEMPT_MS = 15_000;
/** How long a claim outlives an instance that died with it. */
const CLAIM_MS = ATTEMPT_MS + 5_000;
/** How soon it is looked again whether a paused subscription has been resumed. */
const PAUSED_MS = 5_000;
const AT_ONCE = 256;

/** A delivery whose turn has come. */
export interface Called {
  id: string;
  destination: string;
  /** The broker has taken it back from whoever had it: what they claimed is free. */
  redelivered: boolean;
}

/** A claimed delivery with what an attempt at it needs. */
export interface Departure {
  kind: 'go';
  claimed: Claimed;
  subscriber: Subscriber;
  /** Undefined where the event is not archived. */
  envelope: Envelope | undefined;
  /** Whether it finds out for others if the destination is back. */
  probe: boolean;
}

/** What is to be done with a claimed delivery: an attempt, nothing for now, or nothing ever for want of a subscriber. */
export type Decision = Departure | { kind: 'wait'; claimed: Claimed; until: Date } | { kind: 'gone'; claimed: Claimed };

/**
 * Claims due deliveries and decides which of them may go. Those that are called at the same time are decided together, in
 * five requests to MongoDB however many they are.
 */
@Injectable()
export class Departures {
  private readonly calls = new Batcher<Called, Decision | undefined>({
    work: async (_key, called) => {
      const decisions = await this.decide(called);
      // A message may come twice: the delivery is in the hands of the first that called it.
      const firsts = new Map(called.toReversed().map((one) => [one.id, one]));
      return called.map((one) => ({
        status: 'fulfilled',
        value: firsts.get(one.id) === one ? decisions.get(one.id) : undefined,
      }));
    },
    maxBatch: AT_ONCE,
    // The prefetch of the queues bounds them.
    maxWaiting: Infinity,
  });

  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly destinations: DestinationsRepository,
    private readonly subscribers: Subscribers,
    private readonly archive: ArchiveFeed,
    private readonly channels: Channels,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Undefined where it is not due, or somebody else has it. Throws a retryable `unavailable` without a database. */
  call(called: Called): Promise<Decision | undefined> {
    return this.calls.submit('deliveries', called);
  }

  private async decide(called: readonly Called[]): Promise<Map<string, Decision>> {
    const now = this.clock.now();
    const claimed = await this.deliveries.claim(called, now, new Date(now.getTime() + CLAIM_MS));
    const deliveries = claimed.map(({ delivery }) => delivery);
    const destinations = [...new Set(deliveries.map(({ subscription_id }) => subscription_id))];
    const [subscribers, envelopes, breakers] = await Promise.all([
      this.subscribers.findAll(destinations),
      this.envelopesAt([...new Set(deliveries.map(({ event }) => event.position))]),
      this.destinations.known(destinations),
    ]);
    const decided = claimed.map((one): Decision => {
      const subscriber = subscribers.get(one.delivery.subscription_id);
      if (subscriber === undefined) return { kind: 'gone', claimed: one };
      if (!subscriber.enabled) return { kind: 'wait', claimed: one, until: new Date(now.getTime() + PAUSED_MS) };
      const envelope = envelopes.get(one.delivery.event.position);
      return { kind: 'go', claimed: one, subscriber, envelope, probe: false };
    });
    const admitted = await this.admit(decided, breakers, now);
    return new Map(admitted.map((decision) => [decision.claimed.delivery.id, decision]));
  }

  /** Asks the breakers about those that could go. */
  private async admit(decided: readonly Decision[], breakers: Breakers, now: Date): Promise<Decision[]> {
    const asking = decided.filter(
      ({ kind, claimed }) => kind === 'go' && this.channels.named(claimed.delivery.channel).breaks,
    );
    const destinations = asking.map(({ claimed }) => claimed.delivery.subscription_id);
    const admissions = await this.destinations.admit(destinations, breakers, now);
    const answers = new Map(asking.map((decision, index) => [decision, admissions[index]]));
    return decided.map((decision): Decision => {
      const admission = answers.get(decision);
      if (admission === undefined || decision.kind !== 'go') return decision;
      if (admission.kind === 'wait') return { kind: 'wait', claimed: decision.claimed, until: admission.until };
      return { ...decision, probe: admission.kind === 'probe' };
    });
  }

  private async envelopesAt(positions: readonly number[]): Promise<Map<number, Envelope>> {
    const events = await this.archive.findAll(positions);
    return new Map(events.map(({ _id, envelope }) => [_id, envelope]));
  }
}
