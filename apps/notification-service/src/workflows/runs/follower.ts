import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, systemClock } from '#kernel';
import { ElectedWork } from '#messaging';
import { LOGGER, type Logger } from '#observability';
import { type Lease, Leases, Transactions } from '#persistence';
import { ArchiveCursor } from '../../archive/archive-cursor.js';
import { ArchiveFeed } from '../../archive/archive-feed.js';
import type { ArchivedEvent } from '../../archive/archive.schema.js';
import { CLOCK } from '../../config.js';
import { RunReports } from './run-reports.js';
import { Runner } from './runner.js';
import { RunsRepository } from './runs.repository.js';
import { Triggers } from './triggers.js';
import { Waits } from './waits.js';

const LEASE = 'workflow-follower';
const BATCH = 200;
/** Nobody waits for a run as for a webhook, and looking after waits takes several requests however few events there are. */
const PACE_MS = 200;

/**
 * Follows the archive for workflows, on one instance at a time: has those go on that wait for an event, and begins the runs of
 * each, once, in the transaction that moves the cursor. What has waited for too long goes on without: by the times in the
 * archive, and so not before all events up to then have been looked at.
 */
@Injectable()
export class Follower implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: ElectedWork;
  private readonly cursor: ArchiveCursor;

  constructor(
    private readonly archive: ArchiveFeed,
    private readonly triggers: Triggers,
    private readonly waits: Waits,
    private readonly runs: RunsRepository,
    private readonly runner: Runner,
    private readonly transactions: Transactions,
    leases: Leases,
    private readonly reports: RunReports,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.cursor = new ArchiveCursor(leases);
    this.work = new ElectedWork({
      name: LEASE,
      leases,
      // The clock by which leases are given.
      clock: systemClock,
      logger,
      paceMs: PACE_MS,
      step: (lease) => this.step(lease),
      watch: (wake) => archive.watch(wake, logger),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }

  /** Time may have passed out of turn. */
  wake(): void {
    this.work.wake();
  }

  private async step(lease: Lease): Promise<boolean> {
    const now = this.clock.now();
    const after = await this.cursor.position(lease);
    const checked = await this.waits.check(lease, after);
    const events = await this.archive.after(after, BATCH);
    if (events.length > 0) await this.take(events, after, lease);
    const expired = await this.waits.expire(events.at(-1)?.archived_at ?? now);
    if (checked + expired > 0) this.runner.wake();
    return events.length + checked + expired > 0;
  }

  private async take(events: readonly ArchivedEvent[], after: number, lease: Lease): Promise<void> {
    const begun = await this.triggers.beginRuns(events);
    // Before the cursor moves: what has not gone on by then goes on when the events are taken again.
    const ended = await this.waits.endBy(events);
    const position = after + events.length;
    await this.transactions.run(async () => {
      await this.cursor.advance(lease, events);
      await this.runs.insert(begun);
    });
    this.cursor.reached(lease, position);
    this.reports.followed(position);
    this.reports.began(begun.map(({ run }) => run));
    if (begun.length + ended > 0) this.runner.wake();
  }
}
