import { Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import type { Envelope } from '#contracts';
import { SubscriptionMatcher } from '../subscriptions/matching/subscription-matcher.js';
import type { Protocol } from '../subscriptions/subscription.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import type { ChannelName } from './channels/channel.js';
import { type Match, type Subscriber, Subscribers } from './ports.js';

const CHANNEL_OF = {
  HTTP: 'webhook',
  EVENTBRIDGE: 'eventbridge',
  EVENTGRID: 'event-grid',
} as const satisfies Record<Protocol, ChannelName>;

/** The way out that a subscription's protocol stands for. */
export const channelOf = (protocol: keyof typeof CHANNEL_OF): ChannelName => CHANNEL_OF[protocol];

/** The subscriptions of this service. */
@Injectable()
export class SubscriptionSubscribers extends Subscribers {
  constructor(
    private readonly matcher: SubscriptionMatcher,
    private readonly subscriptions: SubscriptionsService,
  ) {
    super();
  }

  override async match(envelopes: readonly Envelope[]): Promise<Match[]> {
    const matches = await this.matcher.match(envelopes);
    return matches.map(({ envelope, subscription: { id, protocol, ordering } }) => ({
      envelope,
      subscription: { id, ordering, channel: channelOf(protocol) },
    }));
  }

  override async find(subscriptionId: string): Promise<Subscriber | undefined> {
    return (await this.findAll([subscriptionId])).get(subscriptionId);
  }

  override async findAll(ids: readonly string[]): Promise<Map<string, Subscriber>> {
    const found = await this.subscriptions.withSecrets(ids);
    return new Map(
      found.map(({ subscription: { id, sink, config }, secrets }) => [
        id,
        { enabled: config.enabled, sink, secrets, maxAttempts: config.max_attempts },
      ]),
    );
  }

  override async requireReadable(subscriptionId: string, principal: Principal): Promise<void> {
    await this.subscriptions.readSubscription(subscriptionId, principal);
  }

  override async disable(subscriptionId: string): Promise<void> {
    await this.subscriptions.disableSubscription(subscriptionId, 'sink-gone');
  }
}
