import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { type Actor, dataschemaOf, ENVELOPE_MAX_BYTES, type UsherEventData, type UsherEventType } from '#contracts';
import { newId, UsherError } from '#kernel';
import { currentContext, type ExecutionContext, formatTraceparent } from '#observability';
import { afterCommit } from '../after-commit.js';
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
  /** The request that led to it, where that is not the one that is running: many are decided in one transaction. */
  context?: ExecutionContext;
}

/** Room for an envelope's members besides its data. */
const ENVELOPE_BYTES = 2_048;

/** The append-only log of one service. */
@Injectable()
export class EventLog {
  private readonly listeners = new Set<() => void>();

  constructor(@InjectModel(EVENT_LOG) private readonly entries: Model<LogEntry>) {}

  /**
   * Appends within the running transaction, so that a change and what it says of itself are one write. Throws MongoDB's
   * duplicate key error where another writer has already appended that version to the stream, and `payload-too-large`
   * where an entry would not fit into a message.
   */
  async append(...entries: NewLogEntry[]): Promise<void> {
    for (const entry of entries) assertFits(entry);
    const running = currentContext();
    // Lean: the types are the schema, and casting each document again is most of the cost of a large batch.
    await this.entries.insertMany(
      entries.map((entry) => toLogEntry(entry, running)),
      { lean: true },
    );
    afterCommit(this.announce);
  }

  /** Calls `listener` after each commit by this process that has appended; answers with what ends that. */
  onAppended(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** A stream's entries, oldest first, from after `version` on. */
  async read(stream: string, options: { afterVersion?: number; limit: number }): Promise<LogEntry[]> {
    return this.entries
      .find(trustedFilter({ stream, version: { $gt: options.afterVersion ?? 0 } }))
      .sort({ version: 1 })
      .limit(options.limit)
      .lean<LogEntry[]>();
  }

  /** Those of `streams` that have entries. */
  async begun(streams: readonly string[]): Promise<Set<string>> {
    const first = await this.entries
      .find(trustedFilter({ stream: { $in: [...streams] }, version: 1 }))
      .select({ stream: 1, _id: 0 })
      .lean<Pick<LogEntry, 'stream'>[]>();
    return new Set(first.map(({ stream }) => stream));
  }

  private readonly announce = (): void => this.listeners.forEach((listener) => listener());
}

function toLogEntry({ context, ...entry }: NewLogEntry, running: ExecutionContext): LogEntry {
  const { trace, correlationId, causationId } = context ?? running;
  return {
    ...entry,
    _id: newId(),
    dataschema: dataschemaOf(entry.type),
    traceparent: formatTraceparent(trace),
    correlationid: correlationId,
    causationid: causationId ?? null,
    position: null,
    published_at: null,
  };
}

/** An entry travels as one message, and what no consumer takes must not be said in the first place. */
function assertFits({ type, data }: NewLogEntry): void {
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > ENVELOPE_MAX_BYTES - ENVELOPE_BYTES)
    throw new UsherError('payload-too-large', `${type} would carry ${bytes} bytes; a message holds 64 KiB in all.`);
}
