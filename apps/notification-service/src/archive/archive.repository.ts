import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, trusted } from 'mongoose';
import { type Envelope, parseData } from '#contracts';
import { ARCHIVE_HEAD, ARCHIVED_EVENT, type ArchivedEvent, type ArchiveHead } from './archive.schema.js';

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

  /** The envelopes of `batch` that are not archived yet, each `(source, id)` once, in order. */
  async withoutKnown(batch: readonly Envelope[]): Promise<Envelope[]> {
    const bySource = Map.groupBy(batch, ({ source }) => source);
    const known = await this.events
      .find(
        { $or: [...bySource].map(([source, group]) => ({ source, id: trusted({ $in: group.map(({ id }) => id) }) })) },
        { source: 1, id: 1 },
      )
      .lean();
    const seen = new Set(known.map(key));
    return batch.filter((envelope) => {
      const isNew = !seen.has(key(envelope));
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

  /** Where the deletions of those of `eventIds` are that have been deleted. */
  async deletionsOf(eventIds: readonly string[]): Promise<{ eventId: string; position: number }[]> {
    if (eventIds.length === 0) return [];
    const deletions = await this.events
      .find({ type: 'usher.event.deleted', 'envelope.data.event.id': trusted({ $in: eventIds }) })
      .lean();
    return deletions.map(({ _id, envelope }) => ({
      eventId: parseData('usher.event.deleted', envelope.data).event.id,
      position: _id,
    }));
  }

  /** The newest position that was archived at or before `time`; 0 where there is none. */
  async positionAt(time: Date): Promise<number> {
    const newest = await this.events
      .findOne({ archived_at: trusted({ $lte: time }) }, { _id: 1 })
      .sort({ archived_at: -1, _id: -1 })
      .lean();
    return newest?._id ?? 0;
  }
}

const key = ({ source, id }: { source: string; id: string }): string => JSON.stringify([source, id]);
