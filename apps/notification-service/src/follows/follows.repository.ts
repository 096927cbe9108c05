import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, trusted } from 'mongoose';
import { keysetQuery, type Page, type PageRequest } from '#http';
import { trustedFilter } from '#persistence';
import { FOLLOW, type Follow } from './follows.schema.js';

export type NewFollow = Omit<Follow, '_id'>;
export type FollowKey = Pick<Follow, 'event_id' | 'user_id'>;

@Injectable()
export class FollowsRepository {
  constructor(@InjectModel(FOLLOW) private readonly follows: Model<Follow>) {}

  /** Has the user follow the event whatever becomes of their bookings. */
  async add(userId: string, eventId: string, now: Date): Promise<Follow> {
    const key = { event_id: eventId, user_id: userId };
    return this.follows
      .findByIdAndUpdate(
        followId(key),
        { $setOnInsert: { ...key, created_at: now }, $unset: { bookings: 1 } },
        { upsert: true, returnDocument: 'after' },
      )
      .lean();
  }

  /** Adds `follows`, none of which is there, within the running transaction. */
  async insertAll(follows: readonly NewFollow[]): Promise<void> {
    if (follows.length === 0) return;
    await this.follows.insertMany(
      follows.map((follow) => ({ _id: followId(follow), ...follow })),
      { lean: true },
    );
  }

  /** Drops the follows of `keys`, within the running transaction. */
  async removeAll(keys: readonly FollowKey[]): Promise<void> {
    if (keys.length > 0) await this.follows.deleteMany({ _id: trusted({ $in: keys.map(followId) }) });
  }

  async remove(userId: string, eventId: string): Promise<void> {
    await this.follows.deleteOne({ _id: followId({ event_id: eventId, user_id: userId }) });
  }

  async list(userId: string, request: PageRequest): Promise<Page<Follow>> {
    const keyset = keysetQuery<Follow>({ field: 'created_at', direction: -1, type: 'date' }, request);
    const follows = await this.follows
      .find(trustedFilter({ $and: [{ user_id: userId }, keyset.filter] }))
      .sort(keyset.sort)
      .limit(keyset.limit)
      .lean();
    return keyset.toPage(follows);
  }

  /** Drops every follow of `eventIds`; for events that are gone for good. */
  async removeOf(eventIds: readonly string[]): Promise<void> {
    if (eventIds.length > 0) await this.follows.deleteMany({ event_id: trusted({ $in: eventIds }) });
  }

  /** Every follow of each of `eventIds`. */
  async ofEvents(eventIds: readonly string[]): Promise<FollowKey[]> {
    if (eventIds.length === 0) return [];
    return this.follows.find({ event_id: trusted({ $in: eventIds }) }, { _id: 0, event_id: 1, user_id: 1 }).lean();
  }

  /** The follows of `keys` that there are. */
  async among(keys: readonly FollowKey[]): Promise<Follow[]> {
    if (keys.length === 0) return [];
    return this.follows.find({ _id: trusted({ $in: [...new Set(keys.map(followId))] }) }).lean();
  }
}

const followId = ({ event_id, user_id }: FollowKey): string => `${event_id}:${user_id}`;
