import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { trustedFilter } from '#persistence';
import type { ChannelName } from './channels/channel.js';
import { toDelivery } from './deliveries.repository.js';
import { DELIVERY, type DeliveryDocument } from './deliveries.schema.js';
import type { Delivery } from './delivery.js';
import { LanesRepository } from './lanes.repository.js';

/** Which dead deliveries; all where nothing is said. */
export interface DeadFilter {
  id?: string | undefined;
  subscription_id?: string | undefined;
  channel?: ChannelName | undefined;
  /** The event's. */
  type?: string | undefined;
}

/** The deliveries that were given up. */
@Injectable()
export class DeadDeliveriesRepository {
  constructor(
    @InjectModel(DELIVERY) private readonly deliveries: Model<DeliveryDocument>,
    private readonly lanes: LanesRepository,
  ) {}

  /** Those that died last come first. */
  async page(filter: DeadFilter, request: PageRequest): Promise<Page<Delivery>> {
    const keyset = keysetQuery<DeliveryDocument>(
      { field: 'settled_at', name: 'dead_since', direction: -1, type: 'date' },
      request,
    );
    const documents = await this.deliveries
      .find(trustedFilter({ $and: [dead(filter), keyset.filter] }))
      .sort(keyset.sort)
      .limit(keyset.limit)
      .lean<DeliveryDocument[]>();
    return mapPage(keyset.toPage(documents), toDelivery);
  }

  async find(id: string): Promise<Delivery | undefined> {
    const document = await this.deliveries.findOne(dead({ id })).lean<DeliveryDocument>();
    return document === null ? undefined : toDelivery(document);
  }

  /** How many there are, counted to `limit`. */
  async count(filter: DeadFilter, limit: number): Promise<number> {
    return this.deliveries.countDocuments(dead(filter)).limit(limit);
  }

  /** They begin anew, at once or behind others of their lane, within the running transaction. Answers how many. */
  async redrive(filter: DeadFilter, now: Date): Promise<number> {
    const found = await this.deliveries
      .find(dead(filter), { lane: 1 })
      .sort({ 'event.position': 1 })
      .lean<Pick<DeliveryDocument, '_id' | 'lane'>[]>();
    const mayGo = await this.lanes.enter(found);
    const waiting = found.filter((delivery) => !mayGo.has(delivery));
    await this.revive([...mayGo], now);
    await this.revive(waiting, null);
    return found.length;
  }

  /** Gives it up for good; false where there is no such dead one. */
  async discard(id: string): Promise<boolean> {
    const { matchedCount } = await this.deliveries.updateOne(dead({ id }), { $set: { status: 'discarded' } });
    return matchedCount === 1;
  }

  private async revive(deliveries: readonly { _id: string }[], turn: Date | null): Promise<void> {
    if (deliveries.length === 0) return;
    const ids = deliveries.map(({ _id }) => _id);
    await this.deliveries.updateMany(trustedFilter({ _id: { $in: ids } }), {
      $set: { status: 'pending', tries: 0, settled_at: null, claimable_at: turn, enqueue_at: turn, deferrals: 0 },
    });
  }
}

/** Speaks of when they died as well: an index is only taken for a query by what it begins with. */
const dead = ({ id, type, ...filter }: DeadFilter) => {
  const said = Object.entries({ ...filter, _id: id, 'event.type': type }).filter(([, value]) => value !== undefined);
  return trustedFilter({ status: 'dead' as const, settled_at: { $ne: null }, ...Object.fromEntries(said) });
};
