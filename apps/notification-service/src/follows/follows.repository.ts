import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, trusted } from 'mongoose';
import { keysetQuery, type Page, type PageRequest } from '#http';
import { trustedFilter } from '#persistence';
import { FOLLOW, type Follow } from './follows.schema.js';

export type NewFollow = Omit<Follow, '_id'>;

@Injectable()
export class FollowsRepository {
  constructor(@InjectModel(FOLLOW) private readonly follows: Model<Follow>) {}

  async add(userId: string, eventId: string, now: Date): Promise<Follow> {
    const _id = followId(userId, eventId);
    return this.follows
      .findByIdAndUpdate(
        _id,
        { $setOnInsert: { event_id: eventId, user_id: userId, created_at: now } },
        { upsert: true, returnDocument: 'after' },
      )
      .lean();
  }

  /** Adds `follows` within the running transaction; those that are there already stay as they are. */
  async addAll(follows: readonly NewFollow[]): Promise<void> {
    if (follows.length === 0) return;
    const missing = new Map(follows.map((follow) => [followId(follow.user_id, follow.event_id), follow]));
    const known = await this.follows.find({ _id: trusted({ $in: [...missing.keys()] }) }, { _id: 1 }).lean();
    for (const { _id } of known) missing.delete(_id);
    if (missing.size === 0) return;
    await this.follows.insertMany(
      [...missing].map(([_id, follow]) => ({ _id, ...follow })),
      { lean: true },
    );
  }

  async remove(userId: string, eventId: string): Promise<void> {
    await this.follows.deleteOne({ _id: followId(userId, eventId) });
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
  async ofEvents(eventIds: readonly string[]): Promise<Pick<Follow, 'event_id' | 'user_id'>[]> {
    if (eventIds.length === 0) return [];
    return this.follows.find({ event_id: trusted({ $in: eventIds }) }, { _id: 0, event_id: 1, user_id: 1 }).lean();
  }
}

const followId = (userId: string, eventId: string): string => `${eventId}:${userId}`;
