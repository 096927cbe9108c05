import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LOGGER, type Logger, Metrics } from '#observability';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { NotificationsRepository } from '../notifications/notifications.repository.js';
import type { FeedPosition, LiveSession } from './live-session.js';
import { LiveSessions } from './live-sessions.js';
import type { CommittedBatch, SentNotification } from './committed-batch.js';

const PAGE = 500;
const POLL_INTERVAL_MS = 1_000;

/**
 * Brings every session of this instance what was committed, in order of position, each once. The fan-out only hastens
 * it: a batch that does not follow on what this instance has seen sends it to the database, and so does a look at the
 * head every second, so that a message lost on the way costs a moment and never a notification.
 */
@Injectable()
export class LiveFeed implements FeedPosition, OnApplicationBootstrap, OnApplicationShutdown {
  position = 0;
  private working: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly archive: ArchiveRepository,
    private readonly notifications: NotificationsRepository,
    private readonly sessions: LiveSessions,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.position = await this.archive.head();
    this.timer = setInterval(() => void this.catchUp(), POLL_INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Takes a batch from the fan-out. Resolves when this instance has handed it on. */
  async accept(batch: CommittedBatch): Promise<void> {
    return this.inTurn(async () => {
      if (batch.upTo <= this.position) return;
      if (batch.after === this.position && batch.notifications !== null) this.deliver(batch.notifications, batch.upTo);
      else await this.deliverFromHistory();
    });
  }

  /** Brings what is in history but has not come by the fan-out. */
  async catchUp(): Promise<void> {
    return this.inTurn(() => this.deliverFromHistory());
  }

  private async deliverFromHistory(): Promise<void> {
    const head = await this.archive.head();
    while (this.position < head) {
      const userIds = this.sessions.userIds();
      const range = { after: this.position, upTo: head };
      const page = await this.notifications.readForAll(userIds, range, PAGE);
      const last = page.at(-1);
      if (page.length < PAGE || last === undefined) {
        this.deliver(page, head);
      } else {
        // The page may end amid the recipients of its last position: those are read whole.
        const rest = await this.notifications.readForAll(userIds, { after: last.position - 1, upTo: last.position });
        this.deliver([...page.filter(({ position }) => position < last.position), ...rest], last.position);
      }
      // Whoever came while the page was read was not asked for.
      for (const session of this.sessions.ofOthers(new Set(userIds))) this.reread(session);
    }
  }

  private deliver(notifications: readonly SentNotification[], upTo: number): void {
    this.position = upTo;
    for (const notification of notifications) this.sessions.offer(notification);
    this.metrics.set('usher_intake_position', {}, upTo);
  }

  private reread(session: LiveSession): void {
    session.reread().catch((error: unknown) => {
      this.logger.warn({ err: error, user_id: session.principal.id }, 'live.failed');
      session.close('failed');
    });
  }

  private async inTurn(work: () => Promise<void>): Promise<void> {
    this.working = this.working.then(work).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'feed.delayed');
    });
    return this.working;
  }
}
