import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, trusted } from 'mongoose';
import { InsertWatch } from '#messaging';
import type { Logger } from '#observability';
import { ARCHIVED_EVENT, type ArchivedEvent } from './archive.schema.js';
import { RecentEvents } from './recent-events.js';

/** A part of the archive. */
export interface ArchiveRange {
  after: number;
  to: number;
  /** Null for any. */
  types: readonly string[] | null;
  subject?: string | undefined;
}

/** The archive for those who follow it by position. */
@Injectable()
export class ArchiveFeed {
  private readonly listeners = new Set<() => void>();
  private readonly recent = new RecentEvents();
  private stream: InsertWatch | undefined;
  /** The newest position that anybody has told of. */
  private newest = 0;

  constructor(@InjectModel(ARCHIVED_EVENT) private readonly events: Model<ArchivedEvent>) {}

  /** To be called with what this process has archived, in order of position: whoever follows has it from here. */
  archived(events: readonly ArchivedEvent[]): void {
    this.recent.add(events);
    this.newest = Math.max(this.newest, events.at(-1)?._id ?? 0);
    this.tell();
  }

  /** The next `limit` events above `position`, ascending. */
  async after(position: number, limit: number): Promise<readonly ArchivedEvent[]> {
    const recent = this.recent.after(position, limit);
    const last = recent.at(-1)?._id ?? 0;
    if (recent.length === limit || (recent.length > 0 && last >= this.newest)) return recent;
    return this.events
      .find({ _id: trusted({ $gt: position }) })
      .sort({ _id: 1 })
      .limit(limit)
      .lean();
  }

  /** The next `limit` events above `after` and up to `to`, ascending; of these types and that subject only, where they are named. */
  async between({ after, to, types, subject }: ArchiveRange, limit: number): Promise<ArchivedEvent[]> {
    return this.events
      .find({
        _id: trusted({ $gt: after, $lte: to }),
        ...(types === null ? {} : { type: trusted({ $in: types }) }),
        ...(subject === undefined ? {} : { subject }),
      })
      .sort({ _id: 1 })
      .limit(limit)
      .lean();
  }

  /** The events at `positions`, in no order. */
  async findAll(positions: readonly number[]): Promise<ArchivedEvent[]> {
    const recent = positions.flatMap((position) => this.recent.at(position) ?? []);
    if (recent.length === positions.length) return recent;
    return this.events.find({ _id: trusted({ $in: positions }) }).lean();
  }

  /** Calls `onEvent` some time after any instance has archived one, and whenever some may have been missed. */
  watch(onEvent: () => void, logger: Logger): { close: () => Promise<void> } {
    this.listeners.add(onEvent);
    // One stream for all: each of its own would have MongoDB look through everything that is written.
    this.stream ??= new InsertWatch(this.events, (position) => this.hear(position), logger);
    // It may have been standing for long: what there is already is for this one to find.
    onEvent();
    return { close: () => this.leave(onEvent) };
  }

  /** What this process has archived itself has been told of already. */
  private hear(position: unknown): void {
    if (typeof position !== 'number') this.recent.clear();
    else if (position <= this.newest) return;
    else this.newest = position;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  private async leave(listener: () => void): Promise<void> {
    this.listeners.delete(listener);
    if (this.listeners.size > 0) return;
    const { stream } = this;
    this.stream = undefined;
    await stream?.close();
  }
}
