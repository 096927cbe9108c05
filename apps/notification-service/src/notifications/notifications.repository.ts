import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, type QueryFilter, trusted } from 'mongoose';
import { trustedFilter } from '#persistence';
import { NOTIFICATION, type Notification, RETENTION_HORIZON, type RetentionHorizon } from './notifications.schema.js';
import type { Reader } from './readers.schema.js';

/** A half-open stretch of archive positions: above `after`, up to and including `upTo`. */
export interface PositionRange {
  after: number;
  upTo: number;
}

/** What people were told. Every read is scoped to a reader: their own and, since they registered, everyone's. */
@Injectable()
export class NotificationsRepository {
  constructor(
    @InjectModel(NOTIFICATION) private readonly notifications: Model<Notification>,
    @InjectModel(RETENTION_HORIZON) private readonly horizons: Model<RetentionHorizon>,
  ) {}

  /** Keeps `notifications`, within the running transaction. */
  async insert(notifications: readonly Notification[]): Promise<void> {
    if (notifications.length > 0) await this.notifications.insertMany(notifications, { lean: true });
  }

  /** The oldest `limit` in `range`, ascending. */
  async readForward(reader: Reader, range: PositionRange, limit: number): Promise<Notification[]> {
    return this.notifications.find(visibleTo(reader, range)).sort({ position: 1 }).limit(limit).lean();
  }

  /** The newest `limit` in `range` that match `filter` too, descending. */
  async readBackward(
    reader: Reader,
    range: PositionRange,
    limit: number,
    filter: Record<string, unknown>,
  ): Promise<Notification[]> {
    return this.notifications
      .find(trustedFilter({ $and: [visibleTo(reader, range), filter] }))
      .sort({ position: -1 })
      .limit(limit)
      .lean();
  }

  async find(reader: Reader, id: string): Promise<Notification | null> {
    return this.notifications.findOne({ ...visibleTo(reader, { after: 0, upTo: Infinity }), _id: id }).lean();
  }

  async count(reader: Reader, range: PositionRange): Promise<number> {
    return this.notifications.countDocuments(visibleTo(reader, range));
  }

  /** For everyone and for each of `userIds`, in `range`, ascending; all where `limit` is 0. */
  async readForAll(userIds: readonly string[], range: PositionRange, limit = 0): Promise<Notification[]> {
    return this.notifications
      .find({
        user_id: trusted({ $in: [null, ...userIds] }),
        position: trusted({ $gt: range.after, $lte: range.upTo }),
      })
      .sort({ position: 1 })
      .limit(limit)
      .lean();
  }

  /** Who is told of what is at those positions, read as it is asked for; null is everyone. */
  async *toldAt(positions: readonly number[]): AsyncGenerator<Pick<Notification, 'position' | 'type' | 'user_id'>> {
    const found = this.notifications
      .find({ position: trusted({ $in: positions }) }, { _id: 0, position: 1, type: 1, user_id: 1 })
      .sort({ position: 1 })
      .lean<Pick<Notification, 'position' | 'type' | 'user_id'>>();
    yield* found.cursor();
  }

  /** Which of `userIds` have been told of the cancellation or deletion of which of `eventIds`. */
  async awareOfEnd(
    eventIds: readonly string[],
    userIds: readonly string[],
  ): Promise<{ end_of: string; user_id: string }[]> {
    if (userIds.length === 0) return [];
    return this.notifications
      .find(
        { end_of: trusted({ $in: eventIds }), user_id: trusted({ $in: userIds }) },
        { _id: 0, end_of: 1, user_id: 1 },
      )
      .lean<{ end_of: string; user_id: string }[]>();
  }

  /** The position up to which retention may have deleted; 0 where it never has. */
  async horizon(): Promise<number> {
    return (await this.horizons.findById('notifications').lean())?.position ?? 0;
  }

  /** Raises the horizon, then deletes everything below it: whoever reads in between learns of the gap. */
  async expire(upTo: number): Promise<number> {
    await this.horizons.updateOne({ _id: 'notifications' }, { $max: { position: upTo } }, { upsert: true });
    const { deletedCount } = await this.notifications.deleteMany({ position: trusted({ $lte: upTo }) });
    return deletedCount;
  }
}

function visibleTo(reader: Reader, { after, upTo }: PositionRange): QueryFilter<Notification> {
  const position = trusted({ $gt: Math.max(after, reader.since ?? 0), $lte: upTo });
  // Before the registration is archived it is not known which broadcasts came later: none is shown rather than all.
  return { user_id: reader.since === null ? reader._id : trusted({ $in: [reader._id, null] }), position };
}
