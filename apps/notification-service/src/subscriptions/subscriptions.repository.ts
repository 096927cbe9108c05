import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { UsherError } from '#kernel';
import { trustedFilter } from '#persistence';
import type { Subscription } from './subscription.js';
import {
  DELETED_SUBSCRIPTION,
  type DeletedSubscription,
  SUBSCRIPTION,
  type SubscriptionDocument,
  SUBSCRIPTIONS_HEAD,
  type SubscriptionsHead,
} from './subscriptions.schema.js';

/** A subscription as it is by now, or that it is gone, and the revision that made it so. */
export type SubscriptionChange = { id: string; revision: number; subscription: Subscription | null };

const HEAD = 'subscriptions';

/**
 * The stored subscriptions. Every write belongs into a transaction: it takes the next revision with it, so that revisions
 * become visible in their order and whoever has read one has all before it.
 */
@Injectable()
export class SubscriptionsRepository {
  constructor(
    @InjectModel(SUBSCRIPTION) private readonly subscriptions: Model<SubscriptionDocument>,
    @InjectModel(DELETED_SUBSCRIPTION) private readonly deleted: Model<DeletedSubscription>,
    @InjectModel(SUBSCRIPTIONS_HEAD) private readonly heads: Model<SubscriptionsHead>,
  ) {}

  async find(id: string): Promise<Subscription | undefined> {
    const document = await this.subscriptions.findById(id).lean<SubscriptionDocument>();
    return document === null ? undefined : toSubscription(document);
  }

  /** Those of `ids` that there are, in no order. */
  async findAll(ids: readonly string[]): Promise<Subscription[]> {
    const documents = await this.subscriptions
      .find(trustedFilter({ _id: { $in: ids } }))
      .lean<SubscriptionDocument[]>();
    return documents.map(toSubscription);
  }

  /** Oldest first; of that owner, or all. */
  async page(ownerId: string | undefined, request: PageRequest): Promise<Page<Subscription>> {
    const keyset = keysetQuery<SubscriptionDocument>({ field: 'created_at', direction: 1, type: 'date' }, request);
    const documents = await this.query(ownerId, keyset.filter)
      .sort(keyset.sort)
      .limit(keyset.limit)
      .lean<SubscriptionDocument[]>();
    return mapPage(keyset.toPage(documents), toSubscription);
  }

  query(ownerId: string | undefined, filter: Record<string, unknown>) {
    const owned = ownerId === undefined ? {} : { 'owner.id': ownerId };
    return this.subscriptions.find(trustedFilter({ $and: [owned, filter] }));
  }

  /** Throws MongoDB's duplicate key error where there is a subscription of that id. */
  async insert({ id, ...subscription }: Subscription): Promise<void> {
    await this.subscriptions.create({ _id: id, ...subscription, revision: await this.nextRevision() });
  }

  /** Writes it over the version before; throws a retryable `conflict` where that is not the stored one any more. */
  async update({ id, ...subscription }: Subscription): Promise<void> {
    const revision = await this.nextRevision();
    const { matchedCount } = await this.subscriptions.replaceOne(
      { _id: id, version: subscription.version - 1 },
      { _id: id, ...subscription, revision },
    );
    if (matchedCount !== 1) throw superseded();
  }

  async remove({ id, version }: Subscription, now: Date): Promise<void> {
    const revision = await this.nextRevision();
    const { deletedCount } = await this.subscriptions.deleteOne({ _id: id, version });
    if (deletedCount !== 1) throw superseded();
    await this.deleted.replaceOne({ _id: id }, { _id: id, revision, deleted_at: now }, { upsert: true });
  }

  /** The newest revision; 0 before the first. */
  async revision(): Promise<number> {
    const head = await this.heads.findById(HEAD).lean();
    return head?.revision ?? 0;
  }

  /** What has changed after that revision, in the order of the changes; each subscription at least as its last change left it. */
  async changesAfter(revision: number): Promise<SubscriptionChange[]> {
    const after = trustedFilter({ revision: { $gt: revision } });
    // Whatever changes between the two reads is in the second, or comes again with the next call.
    const gone = await this.deleted.find(after).lean();
    const changed = await this.subscriptions.find(after).lean<SubscriptionDocument[]>();
    return [
      ...gone.map(({ _id, revision }) => ({ id: _id, revision, subscription: null })),
      ...changed.map((document) => ({
        id: document._id,
        revision: document.revision,
        subscription: toSubscription(document),
      })),
    ].sort((a, b) => a.revision - b.revision);
  }

  /** Every subscription that matches anything. */
  async *enabled(): AsyncGenerator<Subscription> {
    const cursor = this.subscriptions.find({ 'config.enabled': true }).lean<SubscriptionDocument>().cursor();
    for await (const document of cursor) yield toSubscription(document);
  }

  private async nextRevision(): Promise<number> {
    const head = await this.heads
      .findByIdAndUpdate(HEAD, { $inc: { revision: 1 } }, { upsert: true, returnDocument: 'after' })
      .lean();
    return head.revision;
  }
}

const toSubscription = ({ _id, revision: _, ...document }: SubscriptionDocument): Subscription => ({
  id: _id,
  ...document,
});

const superseded = (): UsherError =>
  new UsherError('conflict', 'The subscription is being changed by others at the same time.', { retryable: true });
