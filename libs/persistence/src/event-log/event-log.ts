import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { type Actor, dataschemaOf, type UsherEventData, type UsherEventType } from '#contracts';
import { newId } from '#kernel';
import { currentContext, currentTraceparent } from '#observability';
import { trustedFilter } from '../trusted-filter.js';
import { EVENT_LOG, type LogEntry } from './event-log.schema.js';

/** What a caller says of a change; the log adds id, schema and causal chain. */
export interface NewLogEntry<T extends UsherEventType = UsherEventType> {
  stream: string;
  version: number;
  type: T;
  subject: string;
  data: UsherEventData<T>;
  /** Never before the stream's previous entry: publication order within a stream is (time, version). */
  time: Date;
  actor: Actor;
}

/** The append-only log of one service. */
@Injectable()
export class EventLog {
  constructor(@InjectModel(EVENT_LOG) private readonly entries: Model<LogEntry>) {}

  /**
   * Appends within the running transaction, so that a change and what it says of itself are one write. Throws MongoDB's
   * duplicate key error where another writer has already appended that version to the stream.
   */
  async append(...entries: NewLogEntry[]): Promise<void> {
    const { correlationId, causationId } = currentContext();
    const traceparent = currentTraceparent();
    await this.entries.insertMany(
      entries.map((entry) => ({
        ...entry,
        _id: newId(),
        dataschema: dataschemaOf(entry.type),
        traceparent,
        correlationid: correlationId,
        causationid: causationId ?? null,
      })),
    );
  }

  /** A stream's entries, oldest first, from after `version` on. */
  async read(stream: string, options: { afterVersion?: number; limit: number }): Promise<LogEntry[]> {
    return this.entries
      .find(trustedFilter({ stream, version: { $gt: options.afterVersion ?? 0 } }))
      .sort({ version: 1 })
      .limit(options.limit)
      .lean<LogEntry[]>();
  }
}
