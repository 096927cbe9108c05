import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import mongoose, { type Model } from 'mongoose';
import { duplicateKeyFields } from '#persistence';
import { RATE_WINDOW, type RateWindow } from './rate-windows.schema.js';

export interface WindowState {
  /** Everything taken in this window so far, this time included. */
  count: number;
  /** Until the window ends. */
  msLeft: number;
}

/** The counters behind every limit. A window starts with the first request and is timed by MongoDB's clock alone. */
@Injectable()
export class RateWindows {
  constructor(@InjectModel(RATE_WINDOW) private readonly windows: Model<RateWindow>) {}

  /** Adds `amount` to a window of `windowMs`, starting a new one where the last has ended. Throws within `timeoutMs` when MongoDB does not answer. */
  async take(key: string, amount: number, windowMs: number, timeoutMs: number): Promise<WindowState> {
    const id = createHash('sha256').update(key).digest('hex');
    try {
      return await this.increment(id, amount, windowMs, timeoutMs);
    } catch (error) {
      // Two instances started the window at once: the loser adds to the winner's.
      if (duplicateKeyFields(error) === undefined) throw error;
      return this.increment(id, amount, windowMs, timeoutMs);
    }
  }

  private async increment(id: string, amount: number, windowMs: number, timeoutMs: number): Promise<WindowState> {
    const { db } = this.windows;
    if (db.readyState !== mongoose.ConnectionStates.connected) throw new Error('MongoDB is not connected');
    const running = { $gt: ['$ends_at', '$$NOW'] };
    const query = this.windows.findOneAndUpdate(
      { _id: id },
      [
        {
          $set: {
            count: { $add: [amount, { $cond: [running, '$count', 0] }] },
            ends_at: { $cond: [running, '$ends_at', { $add: ['$$NOW', windowMs] }] },
          },
        },
      ],
      {
        updatePipeline: true,
        upsert: true,
        returnDocument: 'after',
        projection: { count: 1, msLeft: { $subtract: ['$ends_at', '$$NOW'] } },
        writeConcern: { w: 1 },
        maxTimeMS: timeoutMs,
      },
    );
    const row = await within(timeoutMs, query.lean<WindowState>().exec());
    if (row === null) throw new Error('MongoDB gave no window');
    return { count: row.count, msLeft: row.msLeft };
  }
}

/** MongoDB's driver would look for a primary for as long as its own patience lasts. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer from MongoDB within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
