import type { Connection, mongo, Schema } from 'mongoose';
import { type Clock, newId, UsherError } from '#kernel';
import type { LeaseDocument, LogEntry } from '#persistence';
import { describeDifference, differences, type Row } from './differences.js';
import { BATCH, replay, type Replayed } from './replay.js';

/** How a collection follows from the log. */
export interface Projection {
  collection: string;
  schema: Schema;
  /** The streams that it is made from, by the beginning of their names. */
  streams: string;
  /** The document after a stream's newest entry; undefined where it is gone. */
  project(newest: LogEntry): { _id: string } | undefined;
}

export interface Outcome extends Replayed {
  /** How often log and live collection do not agree; each has been reported. */
  differences: number;
}

/** Makes a collection anew from the log, beside the live one, to compare the two or to put it in its place. */
export class Rebuild {
  private readonly db: mongo.Db;
  private readonly log: mongo.Collection<LogEntry>;
  private readonly shadowName: string;

  constructor(
    private readonly connection: Connection,
    private readonly projection: Projection,
    private readonly clock: Clock,
    private readonly report: (line: string) => void,
  ) {
    this.db = connection.getClient().db(connection.name);
    this.log = this.db.collection<LogEntry>('event_log');
    this.shadowName = `${projection.collection}_rebuilt_${newId()}`;
  }

  /**
   * Reports each difference. Log and collection are read as they were at one moment, so that the service may run; MongoDB
   * keeps that moment for `minSnapshotHistoryWindowInSeconds`, five minutes unless told otherwise.
   */
  async verify(): Promise<Outcome> {
    const session = this.connection.getClient().startSession({ snapshot: true });
    try {
      return await this.withShadow(async (shadow) => {
        let found = 0;
        const tell = (line: string): void => {
          found += 1;
          this.report(line);
        };
        const replayed = await this.replay(shadow, tell, session);
        const rebuilt = shadow.find({}, { batchSize: BATCH });
        const live = this.db.collection<Row>(this.projection.collection).find({}, { session, batchSize: BATCH });
        for await (const difference of differences(rebuilt.sort({ _id: 1 }), live.sort({ _id: 1 })))
          tell(describeDifference(difference));
        return { ...replayed, differences: found };
      });
    } finally {
      await session.endSession();
    }
  }

  /**
   * Puts the rebuilt collection, with its indexes, in the place of the live one by one atomic rename. Throws `conflict`
   * while an instance runs, where the log has grown meanwhile, and where it has gaps; the live collection is then as it was.
   */
  async replace(): Promise<Outcome> {
    await this.requireStopped();
    return this.withShadow(async (shadow) => {
      const model = this.connection.model(this.shadowName, this.projection.schema.clone(), this.shadowName);
      await model.createCollection();
      await model.createIndexes();
      this.connection.deleteModel(this.shadowName);
      const gaps: string[] = [];
      const replayed = await this.replay(shadow, (gap) => gaps.push(gap));
      if (gaps.length > 0) throw refused(gaps.join('\n'));
      await this.requireStopped();
      if ((await this.log.countDocuments(this.streams)) !== replayed.entries)
        throw refused('The log has grown meanwhile: something still writes.');
      await shadow.rename(this.projection.collection, { dropTarget: true });
      return { ...replayed, differences: 0 };
    });
  }

  private replay(
    shadow: mongo.Collection<Row>,
    onGap: (text: string) => void,
    session?: mongo.ClientSession,
  ): Promise<Replayed> {
    const entries = this.log
      .find(this.streams, { batchSize: BATCH, ...(session === undefined ? {} : { session }) })
      .sort({ stream: 1, version: 1 });
    return replay(entries, (newest) => this.projection.project(newest), shadow, onGap);
  }

  /** `/` is followed by `0`. */
  private get streams(): mongo.Filter<LogEntry> {
    return { stream: { $gte: this.projection.streams, $lt: this.projection.streams.replace(/\/$/, '0') } };
  }

  private async withShadow<T>(work: (shadow: mongo.Collection<Row>) => Promise<T>): Promise<T> {
    const shadow = this.db.collection<Row>(this.shadowName);
    try {
      return await work(shadow);
    } finally {
      await shadow.drop();
    }
  }

  /** Every running instance holds a lease, or stands by one that is held. */
  private async requireStopped(): Promise<void> {
    const leases = this.db.collection<LeaseDocument>('leases');
    const held = await leases.findOne({ expires_at: { $gt: this.clock.now() } });
    if (held !== null) throw refused(`An instance is running: ${held.holder} holds the lease ${held._id}.`);
  }
}

const refused = (detail: string): UsherError => new UsherError('conflict', detail);
