import { Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import type { Envelope } from '#contracts';
import { type Match, type Subscriber, Subscribers } from './ports.js';
import { SubscriptionSubscribers } from './subscription-subscribers.js';

/** Everybody who receives: the subscriptions of clients, and whoever else a feature has added. */
@Injectable()
export class AllSubscribers extends Subscribers {
  private readonly added: Subscribers[] = [];

  constructor(private readonly subscriptions: SubscriptionSubscribers) {
    super();
  }

  /** To be called by a module as it is made. Their ids must be theirs alone, and `find` quick to say no: it is asked first. */
  add(subscribers: Subscribers): void {
    this.added.push(subscribers);
  }

  override async match(envelopes: readonly Envelope[]): Promise<readonly Match[]> {
    const matches = await Promise.all([...this.added, this.subscriptions].map((some) => some.match(envelopes)));
    return matches.flat();
  }

  override async find(id: string): Promise<Subscriber | undefined> {
    for (const some of this.added) {
      const found = await some.find(id);
      if (found !== undefined) return found;
    }
    return this.subscriptions.find(id);
  }

  override async findAll(ids: readonly string[]): Promise<Map<string, Subscriber>> {
    const found = new Map<string, Subscriber>();
    for (const some of [...this.added, this.subscriptions]) {
      const missing = ids.filter((id) => !found.has(id));
      for (const [id, subscriber] of await some.findAll(missing)) found.set(id, subscriber);
    }
    return found;
  }

  override async requireReadable(id: string, principal: Principal): Promise<void> {
    await (await this.holderOf(id)).requireReadable(id, principal);
  }

  override async disable(id: string): Promise<void> {
    await (await this.holderOf(id)).disable(id);
  }

  private async holderOf(id: string): Promise<Subscribers> {
    for (const some of this.added) if ((await some.find(id)) !== undefined) return some;
    return this.subscriptions;
  }
}
