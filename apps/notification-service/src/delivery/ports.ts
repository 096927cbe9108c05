import type { Principal } from '#auth';
import type { Envelope } from '#contracts';
import type { ChannelName } from './channels/channel.js';

/** A subscription that an event is for. */
export interface Match {
  /** One of the envelopes that were asked about. */
  envelope: Envelope;
  subscription: { id: string; channel: ChannelName; ordering: 'none' | 'subject' };
}

/** Who receives, as an attempt needs to know it. */
export interface Subscriber {
  /** What is not enabled waits. */
  enabled: boolean;
  sink: string;
  /** Whatever signatures may be made with at present; the newest first. */
  secrets: readonly string[];
  maxAttempts: number;
}

/**
 * What delivery needs to know of those who receive. A subscription is whatever a delivery can be for: one that a client made,
 * or one that a feature has built in. Every method throws a retryable `unavailable` without a database.
 */
export abstract class Subscribers {
  /** What each event is for; what is for one subscription, in the order of `envelopes`. */
  abstract match(envelopes: readonly Envelope[]): Promise<readonly Match[]>;

  /** Undefined where the subscription is gone: nothing is delivered to it any more. */
  abstract find(subscriptionId: string): Promise<Subscriber | undefined>;

  /** Those of `ids` that are there, by id. */
  async findAll(ids: readonly string[]): Promise<Map<string, Subscriber>> {
    const found = await Promise.all(ids.map(async (id) => [id, await this.find(id)] as const));
    return new Map(found.flatMap(([id, subscriber]) => (subscriber === undefined ? [] : [[id, subscriber]])));
  }

  /** Throws `not-found` unless it is the caller's, or the caller an admin. */
  abstract requireReadable(subscriptionId: string, principal: Principal): Promise<void>;

  /** The receiver wants nothing any more. */
  abstract disable(subscriptionId: string): Promise<void>;
}
