import { Inject, Injectable } from '@nestjs/common';
import { type Clock, inBatches, inLanes, UsherError } from '#kernel';
import { type Lease, Leases, Transactions } from '#persistence';
import { ArchiveFeed } from '../../archive/archive-feed.js';
import type { ArchivedEvent } from '../../archive/archive.schema.js';
import { CLOCK } from '../../config.js';
import { keysFor } from '../../subscriptions/matching/index-keys.js';
import { type Interest, wants } from '../../subscriptions/matching/interest.js';
import { advance, awaitedBy, type Progress, type Run } from './run.js';
import { RunReports } from './run-reports.js';
import { RunsRepository } from './runs.repository.js';

const AT_ONCE = 100;
const BATCH = 200;
const OVERDUE_AT_ONCE = 200;
const LANES = 8;

/**
 * Finds the events that runs wait for. An event counts from the one that began the run on, or from the last that it waited
 * for: so it makes no difference which comes first, the event or the wait. A wait is compared with what is in the archive
 * already (`check`), and from then on with what comes (`endBy`).
 */
@Injectable()
export class Waits {
  constructor(
    private readonly archive: ArchiveFeed,
    private readonly runs: RunsRepository,
    private readonly transactions: Transactions,
    private readonly leases: Leases,
    private readonly reports: RunReports,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Compares new waits with the events up to `cursor`, where the follower stands; answers how many. It is written only if
   * the follower stands there still: what it passed meanwhile would have been compared with nobody.
   */
  async check(lease: Lease, cursor: number): Promise<number> {
    const unchecked = await this.runs.unchecked(AT_ONCE);
    for (const run of unchecked) {
      const progress = await this.lookBack(run, cursor);
      await this.transactions.run(async () => {
        if ((await this.leases.advance(lease, 0)) !== cursor)
          throw new UsherError('conflict', 'The cursor is elsewhere.');
        await this.runs.save(progress);
      });
    }
    return unchecked.length;
  }

  /**
   * Has the runs go on that wait for one of `events`, each with the first of them; answers how many. It may be repeated: a
   * run that has gone on takes none of them again.
   */
  async endBy(events: readonly ArchivedEvent[]): Promise<number> {
    const keys = [...new Set(events.flatMap(({ envelope }) => keysFor(envelope, [])))];
    let ended = 0;
    for await (const waiting of inBatches(this.runs.waitingFor(keys), BATCH)) {
      const progress = waiting.flatMap((run) => this.endOf(run, events) ?? []);
      await inLanes(
        LANES,
        progress.map((one) => () => this.save(one)),
      );
      ended += progress.length;
    }
    return ended;
  }

  /** Ends the waits whose deadlines were before `time`, up to which all events have been looked at; answers how many. */
  async expire(time: Date): Promise<number> {
    const overdue = await this.runs.overdue(time, OVERDUE_AT_ONCE);
    const now = this.clock.now();
    for (const run of overdue) {
      const progress = advance(run, { type: 'timed_out' }, now);
      if (progress !== undefined) await this.save(progress);
    }
    return overdue.length;
  }

  private endOf(run: Run, events: readonly ArchivedEvent[]): Progress | undefined {
    const interest = awaitedBy(run);
    const event = interest === undefined ? undefined : firstOf(run, interest, events);
    return event === undefined ? undefined : this.arrive(run, event);
  }

  private async save(progress: Progress): Promise<void> {
    if ((await this.runs.save(progress)) !== undefined) this.reports.moved([progress]);
  }

  private async lookBack(run: Run, cursor: number): Promise<Progress> {
    const interest = awaitedBy(run);
    const checked = { run: { ...run, wait: run.wait && { ...run.wait, checked: true } }, entries: [] };
    if (interest === undefined) return checked;
    for (let after = run.since; after < cursor;) {
      const range = { after, to: cursor, types: interest.types, subject: subjectIn(interest) };
      const events = await this.archive.between(range, BATCH);
      const event = firstOf(run, interest, events);
      if (event !== undefined) return this.arrive(run, event) ?? checked;
      after = events.length < BATCH ? cursor : (events.at(-1)?._id ?? cursor);
    }
    return checked;
  }

  private arrive(run: Run, { _id: position, envelope }: ArchivedEvent): Progress | undefined {
    const detail = `${envelope.type} ${envelope.id}`;
    return advance(run, { type: 'arrived', output: envelope, detail, position }, this.clock.now());
  }
}

const firstOf = (
  { since, wait }: Run,
  interest: Interest,
  events: readonly ArchivedEvent[],
): ArchivedEvent | undefined =>
  events.find(
    ({ _id, archived_at, envelope }) =>
      _id > since && archived_at <= (wait?.deadline ?? archived_at) && wants(interest, envelope),
  );

/** The only subject that the interest takes, where it says so. */
const subjectIn = ({ filters }: Interest): string | undefined =>
  filters.map(({ exact }) => exact?.['subject']).find((subject) => subject !== undefined);
