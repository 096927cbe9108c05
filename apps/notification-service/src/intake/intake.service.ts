import { Inject, Injectable } from '@nestjs/common';
import type { Envelope } from '#contracts';
import type { Clock } from '#kernel';
import { LOGGER, type Logger, Metrics } from '#observability';
import { Transactions } from '#persistence';
import { ArchiveFeed } from '../archive/archive-feed.js';
import { ArchiveRepository } from '../archive/archive.repository.js';
import type { ArchivedEvent } from '../archive/archive.schema.js';
import { CLOCK } from '../config.js';
import type { Notification } from '../notifications/notifications.schema.js';
import { Announcer } from './announcer.js';
import { readHappening } from './happening.js';

/** What one commit of intake did; empty where every message was known already. */
export interface Committed {
  /** The positions above `after`, up to and including `upTo`. */
  after: number;
  upTo: number;
  notifications: Notification[];
}

/** Takes what comes off the bus, in order, into the archive, and has people told of it. */
@Injectable()
export class IntakeService {
  constructor(
    private readonly transactions: Transactions,
    private readonly archive: ArchiveRepository,
    private readonly feed: ArchiveFeed,
    private readonly announcer: Announcer,
    private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Archives `batch` in its order and stores what it tells people, all in one transaction; an event that is archived
   * already has no effect. Throws a retryable `unavailable` when MongoDB is out of reach and `validation-failed`, for
   * good, when a message does not fit its own schema.
   */
  async commit(batch: readonly Envelope[]): Promise<Committed> {
    const happenings = new Map(batch.map((envelope) => [envelope, readHappening(envelope)]));
    const { archived, ...committed } = await this.transactions.run(async () => {
      const fresh = await this.archive.withoutKnown(batch);
      if (fresh.length === 0) {
        const head = await this.archive.head();
        return { archived: [], after: head, upTo: head, notifications: [] };
      }
      const archived = await this.archive.append(fresh, this.clock.now());
      const notifications = await this.announcer.announce(
        archived.flatMap((event) => {
          const happening = happenings.get(event.envelope);
          return happening === undefined ? [] : [{ event, happening }];
        }),
      );
      return { archived, ...positionsOf(archived, notifications) };
    });
    if (archived.length > 0) this.feed.archived(archived);
    this.report(batch.length, committed);
    return committed;
  }

  private report(received: number, { after, upTo, notifications }: Committed): void {
    const archived = upTo - after;
    this.metrics.count('usher_intake_archived_total', { outcome: 'archived' }, archived);
    this.metrics.count('usher_intake_archived_total', { outcome: 'duplicate' }, received - archived);
    this.logger.info(
      { received, archived, after, up_to: upTo, notifications: notifications.length },
      'intake.committed',
    );
  }
}

const positionsOf = (archived: readonly ArchivedEvent[], notifications: Notification[]): Committed => {
  const upTo = archived.at(-1)?._id ?? 0;
  return { after: upTo - archived.length, upTo, notifications };
};
