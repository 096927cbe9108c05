import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, mongo, type UpdateQuery } from 'mongoose';
import { keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { newId } from '#kernel';
import { trustedFilter } from '#persistence';
import { DELIVERY, type DeliveryDocument } from './deliveries.schema.js';
import { type Attempt, type Delivery, type DeliveryStatus } from './delivery.js';
import { LanesRepository } from './lanes.repository.js';

/** What is lost of it with a primary is made up for: an attempt is repeated, or a message. */
const UNSAFE = { writeConcern: { w: 1 } };

/** How long a delivery waits at first, and at most, where its destination has no room for it. */
const FIRST_DEFERRAL_MS = 1_000;
const LONGEST_DEFERRAL_MS = 10_000;

const DUPLICATE_KEY = 11_000;

/** A delivery in the hands of whoever has `claim`. */
export interface Claimed {
  delivery: Delivery;
  claim: string;
}

/** What becomes of a claimed one. */
export type Ending =
  | ({ kind: 'settled'; status: 'succeeded' | 'dead' | 'discarded'; now: Date; attempt?: Attempt | undefined } & Made)
  /** An attempt is to be repeated when it says. */
  | ({ kind: 'retried'; attempt: Attempt } & Made)
  /** Without an attempt: it stays due, and is put into the queue again then. */
  | { kind: 'given-back'; now: Date; until: Date };

interface Made {
  template?: string | undefined;
}

/** What the queue needs to know of a due one. */
export type Due = Pick<DeliveryDocument, '_id' | 'channel' | 'subscription_id'>;

/** Those that wait for the same destination to come back, and are not to be put into the queue before `until`. */
export interface Held {
  ids: readonly string[];
  until: Date;
}

export type NewDelivery = Pick<Delivery, 'channel' | 'subscription_id' | 'event' | 'replay_id' | 'lane'>;

/** One for a person, which waits for no other. */
export type PersonalDelivery = Pick<Delivery, 'channel' | 'subscription_id' | 'event'> &
  Required<Pick<Delivery, 'recipient'>> & {
    /** When it is to be attempted first. */
    due: Date;
  };

/** The deliveries, as they are made, found, claimed and settled. */
@Injectable()
export class DeliveriesRepository {
  constructor(
    @InjectModel(DELIVERY) private readonly deliveries: Model<DeliveryDocument>,
    private readonly lanes: LanesRepository,
  ) {}

  /**
   * Keeps new ones, due now or behind others of their lane, within the running transaction. Answers those that are due: they
   * are put into the queue at `enqueueAt`, unless they have been claimed by then.
   */
  async insert(deliveries: readonly NewDelivery[], now: Date, enqueueAt: Date): Promise<Due[]> {
    if (deliveries.length === 0) return [];
    const mayGo = await this.lanes.enter(deliveries);
    const documents = deliveries.map((delivery) => {
      const turn = mayGo.has(delivery) ? { claimable_at: now, enqueue_at: enqueueAt } : NO_TURN;
      return begin(delivery, turn, now);
    });
    await this.deliveries.insertMany(documents, { lean: true });
    return documents.filter(({ enqueue_at }) => enqueue_at !== null);
  }

  /** Keeps those that are not there yet, without a transaction; answers which they were. */
  async insertMissing(deliveries: readonly PersonalDelivery[], now: Date): Promise<DeliveryDocument[]> {
    const documents = deliveries.map(({ due, ...delivery }) =>
      begin({ ...delivery, replay_id: null, lane: null }, { claimable_at: due, enqueue_at: due }, now),
    );
    const known = await this.insertUnknown(documents);
    return documents.filter((_, index) => !known.has(index));
  }

  /** Answers the places in `documents` of those that were there already. */
  private async insertUnknown(documents: readonly DeliveryDocument[]): Promise<Set<number>> {
    try {
      await this.deliveries.insertMany(documents, { lean: true, ordered: false });
      return new Set();
    } catch (error) {
      const failures = error instanceof mongo.MongoBulkWriteError ? [error.writeErrors].flat() : [];
      if (failures.length === 0 || failures.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
      return new Set(failures.map(({ index }) => index));
    }
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
    if (ids.length === 0) return;
    await this.deliveries.updateMany(
      trustedFilter({ _id: { $in: ids }, enqueue_at: { $lte: now } }),
      { $set: { enqueue_at: again } },
      UNSAFE,
    );
  }

  /**
   * Claims those of `called` that are due until `until`, and answers them: not what is claimed by somebody else, unless the
   * broker has taken it back from them, and not what is settled.
   */
  async claim(called: readonly { id: string; redelivered: boolean }[], now: Date, until: Date): Promise<Claimed[]> {
    const claim = newId(now);
    const ids = called.map(({ id }) => id);
    const orphans = called.filter(({ redelivered }) => redelivered).map(({ id }) => id);
    await this.deliveries.updateMany(
      trustedFilter({
        $or: [
          { _id: { $in: ids }, claimable_at: { $lte: now } },
          { _id: { $in: orphans }, status: 'delivering' as const },
        ],
      }),
      { $set: { status: 'delivering', claim, claimable_at: until, enqueue_at: until, deferrals: 0 } },
      UNSAFE,
    );
    const documents = await this.deliveries
      .find(trustedFilter({ _id: { $in: ids }, claim }))
      .lean<DeliveryDocument[]>();
    return documents.map((document) => ({ delivery: toDelivery(document), claim }));
  }

  /** Has them put into the queue again, later, without an attempt; does nothing to one that is settled or claimed. */
  async defer(ids: readonly string[], now: Date): Promise<void> {
    const wait = { $min: [{ $multiply: [FIRST_DEFERRAL_MS, { $pow: [2, '$deferrals'] }] }, LONGEST_DEFERRAL_MS] };
    await this.deliveries.updateMany(
      trustedFilter({ _id: { $in: ids }, status: 'pending', enqueue_at: { $ne: null } }),
      [{ $set: { enqueue_at: { $add: [now, wait] }, deferrals: { $add: ['$deferrals', 1] } } }],
      { updatePipeline: true, ...UNSAFE },
    );
  }

  /** Has them put into the queue later; does nothing to one that is settled or claimed. */
  async hold(held: readonly Held[]): Promise<void> {
    if (held.length === 0) return;
    await this.deliveries.bulkWrite(
      held.map(({ ids, until }) => ({
        updateMany: {
          filter: trustedFilter({ _id: { $in: ids }, status: 'pending' as const, enqueue_at: { $ne: null } }),
          update: { $set: { enqueue_at: until }, $inc: { deferrals: 1 } },
        },
      })),
      { ordered: false, ...UNSAFE },
    );
  }

  /** What is due for that subscription is to be put into the queue now, whatever it has been waiting for. */
  async release(subscriptionId: string, now: Date): Promise<void> {
    await this.deliveries.updateMany(
      trustedFilter({
        subscription_id: subscriptionId,
        enqueue_at: { $gt: now, $type: 'date' },
        status: 'pending',
        claimable_at: { $lte: now },
      }),
      { $set: { enqueue_at: now, deferrals: 0 } },
      UNSAFE,
    );
  }

  /** Writes what becomes of each; nothing where its claim has lapsed. None of them may be of a lane that goes on. */
  async end(endings: readonly (readonly [Claimed, Ending])[]): Promise<void> {
    await this.deliveries.bulkWrite(
      endings.map(([{ delivery, claim }, ending]) => ({
        updateOne: { filter: { _id: delivery.id, claim }, update: updateOf(ending) },
      })),
      { ordered: false },
    );
  }

  /** Whether the claim still holds, as the primary knows it now. */
  async isClaimed({ delivery, claim }: Claimed): Promise<boolean> {
    return (await this.deliveries.exists({ _id: delivery.id, claim })) !== null;
  }

  /**
   * Ends one of a lane, within the running transaction; false where its claim has lapsed, or is newer than what the
   * transaction sees.
   */
  async endInLane({ delivery, claim }: Claimed, ending: Ending): Promise<boolean> {
    const { matchedCount } = await this.deliveries.updateOne({ _id: delivery.id, claim }, updateOf(ending));
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

const NO_TURN = { claimable_at: null, enqueue_at: null };

const begin = (
  delivery: NewDelivery,
  turn: Pick<DeliveryDocument, 'claimable_at' | 'enqueue_at'>,
  now: Date,
): DeliveryDocument => ({
  ...delivery,
  _id: newId(now),
  status: 'pending',
  tries: 0,
  attempts: [],
  ...turn,
  claim: null,
  deferrals: 0,
  created_at: now,
  settled_at: null,
});

function updateOf(ending: Ending): UpdateQuery<DeliveryDocument> {
  switch (ending.kind) {
    case 'settled': {
      const { status, now, attempt } = ending;
      return {
        $set: { status, claim: null, claimable_at: null, enqueue_at: null, settled_at: now, ...madeFrom(ending) },
        ...(attempt === undefined ? {} : tried(attempt)),
      };
    }
    case 'retried':
      return { $set: { ...pendingFrom(ending.attempt.next), ...madeFrom(ending) }, ...tried(ending.attempt) };
    case 'given-back': {
      const { now, until } = ending;
      return { $set: { ...pendingFrom(now), enqueue_at: until, deferrals: 1 } };
    }
    default:
      return ending satisfies never;
  }
}

const pendingFrom = (from: Date | null) =>
  ({ status: 'pending', claim: null, claimable_at: from, enqueue_at: from }) as const;

const madeFrom = ({ template }: Made) => (template === undefined ? {} : { template });

const tried = (attempt: Attempt) => ({ $push: { attempts: attempt }, $inc: { tries: 1 } });

/** A stored delivery as everybody else knows it. */
export const toDelivery = ({
  _id,
  claimable_at,
  enqueue_at,
  claim: _c,
  deferrals,
  ...delivery
}: DeliveryDocument): Delivery => ({
  id: _id,
  ...delivery,
  next_attempt_at: delivery.status === 'pending' ? (deferrals > 0 ? enqueue_at : claimable_at) : null,
});
