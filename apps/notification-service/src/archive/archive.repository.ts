import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, trusted } from 'mongoose';
import { type Envelope, parseData } from '#contracts';
import { type Keyset, keysetQuery, type Page, type PageRequest } from '#http';
import { trustedFilter } from '#persistence';
import { ARCHIVE_HEAD, ARCHIVED_EVENT, type ArchivedEvent, type ArchiveHead } from './archive.schema.js';

/** What makes an event the one that it is. */
export type Identity = Pick<Envelope, 'source' | 'id'>;

/** Which events a list is of; all where nothing is said. */
export interface ArchiveQuery extends PageRequest {
  type?: string | undefined;
  source?: string | undefined;
  subject?: string | undefined;
  /** Only those after this position. */
  after?: number | undefined;
  /** Only those archived at this time or later, and at this time or earlier. */
  from?: Date | undefined;
  to?: Date | undefined;
}

const BY_POSITION: Keyset = { field: '_id', direction: 1, type: 'number' };

/** Every event that ever reached the bus, by position. */
@Injectable()
export class ArchiveRepository {
  constructor(
    @InjectModel(ARCHIVED_EVENT) private readonly events: Model<ArchivedEvent>,
    @InjectModel(ARCHIVE_HEAD) private readonly heads: Model<ArchiveHead>,
  ) {}

  /** The newest position; 0 while nothing has been archived. */
  async head(): Promise<number> {
    const head = await this.heads.findById('archive').lean();
    return head?.position ?? 0;
  }

  /** Those of `events` whose `(source, id)` is archived already. */
  async known<E extends Identity>(events: readonly E[]): Promise<Set<E>> {
    if (events.length === 0) return new Set();
    const bySource = Map.groupBy(events, ({ source }) => source);
    const archived = await this.events
      .find(
        { $or: [...bySource].map(([source, group]) => ({ source, id: trusted({ $in: group.map(({ id }) => id) }) })) },
        { source: 1, id: 1 },
      )
      .lean();
    const keys = new Set(archived.map(key));
    return new Set(events.filter((event) => keys.has(key(event))));
  }

  /** The envelopes of `batch` that are not archived yet, each `(source, id)` once, in order. */
  async withoutKnown(batch: readonly Envelope[]): Promise<Envelope[]> {
    const known = await this.known(batch);
    const seen = new Set<string>();
    return batch.filter((envelope) => {
      const isNew = !known.has(envelope) && !seen.has(key(envelope));
      seen.add(key(envelope));
      return isNew;
    });
  }

  /**
   * Gives `envelopes` the next positions and keeps them, within the running transaction. Two callers at once conflict on
   * the head, so that one of them starts again and positions stay without gaps.
   */
  async append(envelopes: readonly Envelope[], archivedAt: Date): Promise<ArchivedEvent[]> {
    const head = await this.heads
      .findByIdAndUpdate('archive', { $inc: { position: envelopes.length } }, { upsert: true, returnDocument: 'after' })
      .lean();
    const first = head.position - envelopes.length + 1;
    const archived = envelopes.map((envelope, index) => ({
      _id: first + index,
      source: envelope.source,
      id: envelope.id,
      type: envelope.type,
      subject: envelope.subject ?? null,
      envelope,
      archived_at: archivedAt,
    }));
    await this.events.insertMany(archived, { lean: true });
    return archived;
  }

  /** The event of that id and source; the newest of that id where no source is named. */
  async find(id: string, source?: string): Promise<ArchivedEvent | undefined> {
    const filter = source === undefined ? { id } : { id, source };
    return (await this.events.findOne(filter).sort({ _id: -1 }).lean()) ?? undefined;
  }

  /** A page of what `query` asks for, in order of position. */
  async list(query: ArchiveQuery): Promise<Page<ArchivedEvent>> {
    const { type, source, subject, after = 0, from, to } = query;
    const page = keysetQuery<ArchivedEvent>(BY_POSITION, query);
    // Times as positions, so that one walk along an index answers every combination.
    const first = from === undefined ? after : Math.max(after, await this.positionBefore(from));
    const last = to === undefined ? Infinity : await this.positionAt(to);
    const equal = Object.entries({ type, source, subject }).filter(([, value]) => value !== undefined);
    const rows = await this.events
      .find(trustedFilter({ $and: [Object.fromEntries(equal), { _id: { $gt: first, $lte: last } }, page.filter] }))
      .sort({ _id: 1 })
      .limit(page.limit)
      .lean();
    return page.toPage(rows);
  }

  /** Where the deletions of those of `eventIds` are that have been deleted. */
  async deletionsOf(eventIds: readonly string[]): Promise<{ eventId: string; position: number }[]> {
    if (eventIds.length === 0) return [];
    const deletions = await this.events
      .find({ type: 'usher.event.deleted', 'envelope.data.event.id': trusted({ $in: eventIds }) })
      .lean();
    return deletions.map(({ _id, envelope }) => ({
      eventId: parseData('usher.event.deleted', envelope.data, envelope.dataschema).event.id,
      position: _id,
    }));
  }

  /** The newest position that was archived at or before `time`; 0 where there is none. */
  async positionAt(time: Date): Promise<number> {
    return this.newest(trusted({ $lte: time }));
  }

  /** The newest position that was archived before `time`; 0 where there is none. */
  async positionBefore(time: Date): Promise<number> {
    return this.newest(trusted({ $lt: time }));
  }

  private async newest(archivedAt: object): Promise<number> {
    const newest = await this.events
      .findOne({ archived_at: archivedAt }, { _id: 1 })
      .sort({ archived_at: -1, _id: -1 })
      .lean();
    return newest?._id ?? 0;
  }
}

const key = ({ source, id }: Identity): string => JSON.stringify([source, id]);
