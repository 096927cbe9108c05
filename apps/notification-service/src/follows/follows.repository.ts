import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, trusted } from 'mongoose';
import { keysetQuery, type Page, type PageRequest } from '#http';
import { trustedFilter } from '#persistence';
import { FOLLOW, type Follow } from './follows.schema.js';

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
    await this.follows.deleteMany({ event_id: trusted({ $in: eventIds }) });
  }

  /** Who follows each of `eventIds`. */
  async followersOf(eventIds: readonly string[]): Promise<Map<string, string[]>> {
    const followers = new Map<string, string[]>(eventIds.map((eventId) => [eventId, []]));
    if (eventIds.length === 0) return followers;
    const follows = await this.follows
      .find({ event_id: trusted({ $in: eventIds }) }, { event_id: 1, user_id: 1 })
      .lean();
    for (const { event_id, user_id } of follows) followers.get(event_id)?.push(user_id);
    return followers;
  }
}

const followId = (userId: string, eventId: string): string => `${eventId}:${userId}`;
