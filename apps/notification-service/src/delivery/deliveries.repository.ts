import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { newId } from '#kernel';
import { trustedFilter } from '#persistence';
import { DELIVERY, type DeliveryDocument } from './deliveries.schema.js';
import { type Delivery, type DeliveryStatus, UNSETTLED, type Verdict } from './delivery.js';
import { LanesRepository } from './lanes.repository.js';

/** What is lost of it with a primary is made up for: an attempt is repeated, or a message. */
const UNSAFE = { writeConcern: { w: 1 } };

/** A delivery in the hands of whoever has `claim`. */
export interface Claimed {
  delivery: Delivery;
  claim: string;
}

/** What the queue needs to know of a due one. */
export type Due = Pick<DeliveryDocument, '_id' | 'channel' | 'subscription_id'>;

export type NewDelivery = Pick<Delivery, 'channel' | 'subscription_id' | 'event' | 'replay_id' | 'lane'>;

/** The deliveries, as they are made, found, claimed and settled. */
@Injectable()
export class DeliveriesRepository {
  constructor(
    @InjectModel(DELIVERY) private readonly deliveries: Model<DeliveryDocument>,
    private readonly lanes: LanesRepository,
  ) {}

  /** Keeps new ones, due now or behind others of their lane, within the running transaction. */
  async insert(deliveries: readonly NewDelivery[], now: Date): Promise<void> {
    if (deliveries.length === 0) return;
    const mayGo = await this.lanes.enter(deliveries);
    const documents = deliveries.map((delivery): DeliveryDocument => {
      const turn = mayGo.has(delivery) ? now : null;
      return {
        ...delivery,
        _id: newId(now),
        status: 'pending',
        tries: 0,
        attempts: [],
        claimable_at: turn,
        enqueue_at: turn,
        claim: null,
        deferrals: 0,
        created_at: now,
        settled_at: null,
      };
    });
    await this.deliveries.insertMany(documents, { lean: true });
  }

  async find(id: string): Promise<Delivery | undefined> {
    const document = await this.deliveries.findById(id).lean<DeliveryDocument>();
    return document === null ? undefined : toDelivery(document);
  }

  /** That of the event at `position` to that subscription, as it happened and not as a replay. */
  async ofEvent(subscriptionId: string, position: number): Promise<Delivery | undefined> {
    const document = await this.deliveries
      .findOne({ subscription_id: subscriptionId, 'event.position': position, replay_id: null })
      .lean<DeliveryDocument>();
    return document === null ? undefined : toDelivery(document);
  }

  /** Newest first. */
  async page(
    subscriptionId: string,
    { status, ...request }: PageRequest & { status?: DeliveryStatus | undefined },
  ): Promise<Page<Delivery>> {
    const keyset = keysetQuery<DeliveryDocument>({ field: 'created_at', direction: -1, type: 'date' }, request);
    const scope = { subscription_id: subscriptionId, ...(status === undefined ? {} : { status }) };
    const documents = await this.deliveries
      .find(trustedFilter({ $and: [scope, keyset.filter] }))
      .sort(keyset.sort)
      .limit(keyset.limit)
      .lean<DeliveryDocument[]>();
    return mapPage(keyset.toPage(documents), toDelivery);
  }

  /** The longest due, for the queue. */
  async due(now: Date, limit: number): Promise<Due[]> {
    return this.deliveries
      .find(trustedFilter({ enqueue_at: { $lte: now, $type: 'date' } }), { channel: 1, subscription_id: 1 })
      .sort({ enqueue_at: 1 })
      .limit(limit)
      .lean<Due[]>();
  }

  /** They are in the queue: to be put there again at `again`. Those that somebody has claimed by now stay as they are. */
  async markEnqueued(ids: readonly string[], now: Date, again: Date): Promise<void> {
    await this.deliveries.updateMany(
      trustedFilter({ _id: { $in: ids }, enqueue_at: { $lte: now } }),
      { $set: { enqueue_at: again } },
      UNSAFE,
    );
  }

  /** Claims it until `until`; undefined where it is not due, claimed by somebody else, or settled. */
  async claim(id: string, now: Date, until: Date): Promise<Claimed | undefined> {
    const claim = newId(now);
    const document = await this.deliveries
      .findOneAndUpdate(
        trustedFilter({ _id: id, status: { $in: UNSETTLED }, claimable_at: { $lte: now } }),
        { $set: { status: 'delivering', claim, claimable_at: until, enqueue_at: until, deferrals: 0 } },
        { returnDocument: 'after', ...UNSAFE },
      )
      .lean<DeliveryDocument>();
    return document === null ? undefined : { delivery: toDelivery(document), claim };
  }

  /** Has it put into the queue again, later, without an attempt; does nothing to one that is settled or claimed. */
  async defer(id: string, waitFor: (deferrals: number) => Date): Promise<void> {
    const found = await this.deliveries
      .findOne({ _id: id, status: 'pending' }, { deferrals: 1 })
      .lean<Pick<DeliveryDocument, 'deferrals'>>();
    if (found === null) return;
    await this.deliveries.updateOne(trustedFilter({ _id: id, status: 'pending', enqueue_at: { $ne: null } }), {
      $set: { enqueue_at: waitFor(found.deferrals) },
      $inc: { deferrals: 1 },
    });
  }

  /** Gives a claimed one back without an attempt, to be claimed again from `from` on. */
  async giveBack({ delivery, claim }: Claimed, from: Date): Promise<void> {
    await this.deliveries.updateOne(
      { _id: delivery.id, claim },
      { $set: { status: 'pending', claim: null, claimable_at: from, enqueue_at: from } },
    );
  }

  /** Writes what came of an attempt that is to be repeated; false where the claim has lapsed. */
  async retryLater({ delivery, claim }: Claimed, { attempt }: Verdict): Promise<boolean> {
    const { matchedCount } = await this.deliveries.updateOne(
      { _id: delivery.id, claim },
      {
        $set: { status: 'pending', claim: null, claimable_at: attempt.next, enqueue_at: attempt.next },
        $push: { attempts: attempt },
        $inc: { tries: 1 },
      },
    );
    return matchedCount === 1;
  }

  /** Ends it, after a last attempt or without; false where the claim has lapsed. Of a lane, within a transaction. */
  async settle(
    { delivery, claim }: Claimed,
    status: 'succeeded' | 'dead' | 'discarded',
    { now, attempt }: { now: Date; attempt?: Verdict['attempt'] },
  ): Promise<boolean> {
    const { matchedCount } = await this.deliveries.updateOne(
      { _id: delivery.id, claim },
      {
        $set: { status, claim: null, claimable_at: null, enqueue_at: null, settled_at: now },
        ...(attempt === undefined ? {} : { $push: { attempts: attempt }, $inc: { tries: 1 } }),
      },
    );
    return matchedCount === 1;
  }

  /** The next of a lane may go, or the lane ends, within the running transaction. Answers the next. */
  async passOn(lane: string, now: Date): Promise<Due | undefined> {
    const next = await this.deliveries
      .findOneAndUpdate(
        { lane, status: 'pending', claimable_at: null },
        { $set: { claimable_at: now, enqueue_at: now } },
        { sort: { 'event.position': 1 } },
      )
      .lean<Due>();
    if (next === null) await this.lanes.end(lane);
    return next ?? undefined;
  }
}

/** A stored delivery as everybody else knows it. */
export const toDelivery = ({
  _id,
  claimable_at,
  enqueue_at: _e,
  claim: _c,
  deferrals: _d,
  ...delivery
}: DeliveryDocument): Delivery => ({
  id: _id,
  ...delivery,
  next_attempt_at: delivery.status === 'pending' ? claimable_at : null,
});
