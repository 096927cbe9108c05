import { Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import type { Page, PageRequest } from '#http';
import { UsherError } from '#kernel';
import { DeliveriesRepository } from './deliveries.repository.js';
import type { Delivery, DeliveryStatus } from './delivery.js';
import { Subscribers } from './ports.js';

/** What became of deliveries, for whoever owns their subscription, and for admins. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly subscribers: Subscribers,
  ) {}

  /** Newest first. Throws `not-found` where the subscription is gone, or none of the caller's business. */
  async list(
    subscriptionId: string,
    query: PageRequest & { status?: DeliveryStatus | undefined },
    principal: Principal,
  ): Promise<Page<Delivery>> {
    await this.subscribers.requireReadable(subscriptionId, principal);
    return this.deliveries.page(subscriptionId, query);
  }

  /** Throws `not-found` like {@link list}. */
  async read(id: string, principal: Principal): Promise<Delivery> {
    const delivery = await this.deliveries.find(id);
    if (delivery === undefined) throw new UsherError('not-found', 'There is no such delivery.');
    await this.subscribers.requireReadable(delivery.subscription_id, principal);
    return delivery;
  }
}
