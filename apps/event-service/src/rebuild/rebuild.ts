import type { Connection, mongo } from 'mongoose';
import { type Clock, inBatches, UsherError } from '#kernel';
import type { LeaseDocument, LogEntry } from '#persistence';
import { describeDifference, differences } from './differences.js';
import type { Projection } from './projection.js';
import { BATCH, replay } from './replay.js';
import { Shadows } from './shadows.js';

export interface Outcome {
  /** How many log entries have been replayed. */
  entries: number;
  /** How many documents they make, by collection. */
  documents: Record<string, number>;
  /** How often log and live collections do not agree; each has been reported. */
  differences: number;
}

const IN_ORDER = [{ $sort: { _id: 1 } }];

/** Makes collections anew from the log, beside the live ones, to compare them or to put them in their place. */
export class Rebuild {
  constructor(
    private readonly connection: Connection,
    private readonly projections: readonly Projection[],
    private readonly clock: Clock,
    private readonly report: (line: string) => void,
  ) {}

  /**
   * Reports each difference. Log and collections are read as they were at one moment, so that the service may run; MongoDB
   * keeps that moment for `minSnapshotHistoryWindowInSeconds`, five minutes unless told otherwise.
   */
  async verify(): Promise<Outcome> {
    await using session = this.connection.getClient().startSession({ snapshot: true });
    await using shadows = new Shadows(this.connection, session);
    let found = 0;
    const tell = (line: string): void => {
      found += 1;
      this.report(line);
    };
    const replayed = await this.replayInto(shadows, tell);
    for (const { collection, personal } of this.projections) {
      const [rebuilt, live] = [shadows.rows(collection, IN_ORDER), shadows.liveRows(collection, IN_ORDER)];
      for await (const difference of differences(rebuilt, live))
        tell(describeDifference(collection, difference, personal));
    }
    return { ...replayed, differences: found };
  }

  /**
   * Puts the rebuilt collections, with their indexes, in the place of the live ones, each by an atomic rename. Throws
   * `conflict` while an instance runs, where the log has grown meanwhile, and where it has gaps; all is then as it was.
   */
  async replace(): Promise<Outcome> {
    await this.requireStopped();
    await using shadows = new Shadows(this.connection);
    for (const projection of this.projections) await shadows.create(projection);
    const gaps: string[] = [];
    const replayed = await this.replayInto(shadows, (gap) => gaps.push(gap));
    if (gaps.length > 0) throw refused(gaps.join('\n'));
    await this.requireStopped();
    if ((await this.log.countDocuments({ $or: this.projections.map(streamsOf) })) !== replayed.entries)
      throw refused('The log has grown meanwhile: something still writes.');
    for (const { collection } of this.projections)
      await shadows.of(collection).rename(collection, { dropTarget: true });
    return { ...replayed, differences: 0 };
  }

  private async replayInto(
    shadows: Shadows,
    onGap: (text: string) => void,
  ): Promise<Pick<Outcome, 'entries' | 'documents'>> {
    const replayed = { entries: 0, documents: {} as Record<string, number> };
    const listener = { gap: onGap, entry: () => void (replayed.entries += 1) };
    for (const projection of this.projections) {
      const inOrder = [{ $match: streamsOf(projection) }, { $sort: { stream: 1, version: 1 } }];
      const entries = shadows.liveRows<LogEntry>('event_log', inOrder);
      const shadow = shadows.of(projection.collection);
      let documents = 0;
      for await (const batch of inBatches(replay(projection, entries, shadows, listener), BATCH)) {
        await shadow.insertMany(batch);
        documents += batch.length;
      }
      replayed.documents[projection.collection] = documents;
    }
    return replayed;
  }

  /** Every running instance holds a lease, or stands by one that is held. */
  private async requireStopped(): Promise<void> {
    const leases = this.db.collection<LeaseDocument>('leases');
    const held = await leases.findOne({ expires_at: { $gt: this.clock.now() } });
    if (held !== null) throw refused(`An instance is running: ${held.holder} holds the lease ${held._id}.`);
  }

  private get log(): mongo.Collection<LogEntry> {
    return this.db.collection<LogEntry>('event_log');
  }

  private get db(): mongo.Db {
    return this.connection.getClient().db(this.connection.name);
  }
}

/** `/` is followed by `0`. */
const streamsOf = ({ streams }: Projection): mongo.Filter<LogEntry> => ({
  stream: { $gte: streams, $lt: streams.replace(/\/$/, '0') },
});

const refused = (detail: string): UsherError => new UsherError('conflict', detail);
