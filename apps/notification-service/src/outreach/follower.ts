import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { systemClock } from '#kernel';
import { ElectedWork } from '#messaging';
import { LOGGER, type Logger } from '#observability';
import { type Lease, Leases } from '#persistence';
import { ArchiveCursor } from '../archive/archive-cursor.js';
import { ArchiveFeed } from '../archive/archive-feed.js';
import { Outreach } from './outreach.service.js';

const LEASE = 'outreach';
const BATCH = 50;

/**
 * Follows the archive, on one instance at a time, so that people are reached of what it says. The cursor, which is the counter
 * of the lease, moves when all messages of a batch have been made; what was made before a crash is not made again.
 */
@Injectable()
export class Follower implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: ElectedWork;
  private readonly cursor: ArchiveCursor;

  constructor(
    private readonly archive: ArchiveFeed,
    private readonly outreach: Outreach,
    leases: Leases,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.cursor = new ArchiveCursor(leases);
    this.work = new ElectedWork({
      name: LEASE,
      leases,
      clock: systemClock,
      logger,
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

  private async step(lease: Lease): Promise<boolean> {
    const after = await this.cursor.position(lease);
    const events = await this.archive.after(after, BATCH);
    if (events.length === 0) return false;
    const messages = await this.outreach.reach(events);
    const position = after + events.length;
    await this.cursor.advance(lease, events);
    this.cursor.reached(lease, position);
    if (messages > 0) this.logger.info({ after, up_to: position, messages }, 'outreach.decided');
    return events.length === BATCH;
  }
}
