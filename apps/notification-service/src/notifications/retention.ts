import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock } from '#kernel';
import { LOGGER, type Logger } from '#observability';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { CLOCK, CONFIG, type Config } from '../config.js';
import { NotificationsRepository } from './notifications.repository.js';
import { ReadersRepository } from './readers.repository.js';

const DAY_MS = 86_400_000;
const SWEEP_INTERVAL_MS = 3_600_000;

/** Forgets notifications older than the configured days, hourly. Every instance may do it: it is idempotent. */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly archive: ArchiveRepository,
    private readonly notifications: NotificationsRepository,
    private readonly readers: ReadersRepository,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const sweep = (): void => {
      this.sweep().catch((error: unknown) => this.logger.error({ err: error }, 'retention.failed'));
    };
    this.timer = setInterval(sweep, SWEEP_INTERVAL_MS).unref();
    sweep();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Deletes what is due now and answers how many notifications that were. */
  async sweep(): Promise<number> {
    const oldestKept = new Date(this.clock.now().getTime() - this.config.NOTIFICATION_RETENTION_DAYS * DAY_MS);
    const upTo = await this.archive.positionAt(oldestKept);
    if (upTo === 0) return 0;
    const deleted = await this.notifications.expire(upTo);
    await this.readers.forgetMarks(upTo);
    if (deleted > 0) this.logger.info({ deleted, up_to: upTo }, 'retention.swept');
    return deleted;
  }
}
