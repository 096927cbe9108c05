import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { UsherError } from '#kernel';
import { InsertWatch } from '#messaging';
import type { Logger } from '#observability';
import { trustedFilter } from '#persistence';
import type { Replay } from './replay.js';
import { REPLAY, type ReplayDocument } from './replays.schema.js';

/** Which replays a list is of; all where nothing is said. */
export interface ReplayFilter {
  owner_id?: string | undefined;
  subscription_id?: string | undefined;
}

@Injectable()
export class ReplaysRepository {
  constructor(@InjectModel(REPLAY) private readonly replays: Model<ReplayDocument>) {}

  /** Throws MongoDB's duplicate key error where one of that id is there, or another of its subscription is running. */
  async insert({ id, ...replay }: Replay): Promise<void> {
    await this.replays.create({ _id: id, ...replay });
  }

  async find(id: string): Promise<Replay | undefined> {
    const document = await this.replays.findById(id).lean<ReplayDocument>();
    return document === null ? undefined : toReplay(document);
  }

  /** Newest first. */
  async page(filter: ReplayFilter, request: PageRequest): Promise<Page<Replay>> {
    const keyset = keysetQuery<ReplayDocument>({ field: 'created_at', direction: -1, type: 'date' }, request);
    const said = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
    const documents = await this.replays
      .find(trustedFilter({ $and: [said, keyset.filter] }))
      .sort(keyset.sort)
      .limit(keyset.limit)
      .lean<ReplayDocument[]>();
    return mapPage(keyset.toPage(documents), toReplay);
  }

  /** The id of the first running one above `id`. */
  async runningAfter(id: string): Promise<string | undefined> {
    const found = await this.replays
      .findOne(trustedFilter({ status: 'running', _id: { $gt: id } }), { _id: 1 })
      .sort({ _id: 1 })
      .lean<Pick<ReplayDocument, '_id'>>();
    return found?._id;
  }

  /** Writes it over the version before; throws a retryable `conflict` where that is not the stored one any more. */
  async update({ id, ...replay }: Replay): Promise<void> {
    const { matchedCount } = await this.replays.replaceOne(
      { _id: id, version: replay.version - 1 },
      { _id: id, ...replay },
    );
    if (matchedCount !== 1)
      throw new UsherError('conflict', 'The replay is being changed by others at the same time.', { retryable: true });
  }

  /** Calls `onReplay` some time after any instance has begun one, and whenever some may have been missed. */
  watch(onReplay: () => void, logger: Logger): InsertWatch {
    return new InsertWatch(this.replays, onReplay, logger);
  }
}

const toReplay = ({ _id, ...document }: ReplayDocument): Replay => ({ id: _id, ...document });
