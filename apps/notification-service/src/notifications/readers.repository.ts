import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, trusted } from 'mongoose';
import { READ_MARK, READER, type Reader, type ReadMark } from './readers.schema.js';

/** Who reads, from where on, and what they have read. */
@Injectable()
export class ReadersRepository {
  constructor(
    @InjectModel(READER) private readonly readers: Model<Reader>,
    @InjectModel(READ_MARK) private readonly marks: Model<ReadMark>,
  ) {}

  async find(userId: string): Promise<Reader> {
    const reader = await this.readers.findById(userId).lean();
    return reader ?? { _id: userId, since: null, read_through: 0, acknowledged: 0 };
  }

  /** Notes at which position each user registered, within the running transaction. */
  async register(registrations: readonly { userId: string; position: number }[]): Promise<void> {
    if (registrations.length === 0) return;
    await this.readers.bulkWrite(
      registrations.map(({ userId, position }) => ({
        updateOne: { filter: { _id: userId }, update: { $set: { since: position } }, upsert: true },
      })),
    );
  }

  async acknowledge(userId: string, position: number): Promise<void> {
    await this.readers.updateOne({ _id: userId }, { $max: { acknowledged: position } }, { upsert: true });
  }

  /** Marks everything up to `position` as read; the single marks below it have served. */
  async readThrough(userId: string, position: number): Promise<void> {
    await this.readers.updateOne({ _id: userId }, { $max: { read_through: position } }, { upsert: true });
    await this.marks.deleteMany({ user_id: userId, position: trusted({ $lte: position }) });
  }

  async mark(userId: string, position: number): Promise<void> {
    await this.marks.updateOne(
      { _id: `${userId}:${position}` },
      { $setOnInsert: { user_id: userId, position } },
      { upsert: true },
    );
  }

  /** Which of `positions` the user has marked as read, one by one. */
  async markedAmong(userId: string, positions: readonly number[]): Promise<Set<number>> {
    const marks = await this.marks
      .find({ user_id: userId, position: trusted({ $in: positions }) }, { position: 1 })
      .lean();
    return new Set(marks.map(({ position }) => position));
  }

  /** How many single marks lie in `(after, upTo]`. */
  async countMarks(userId: string, after: number, upTo: number): Promise<number> {
    return this.marks.countDocuments({ user_id: userId, position: trusted({ $gt: after, $lte: upTo }) });
  }

  async forgetMarks(upTo: number): Promise<void> {
    await this.marks.deleteMany({ position: trusted({ $lte: upTo }) });
  }
}
