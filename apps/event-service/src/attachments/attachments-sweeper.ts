import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Clock, Recurrence } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { CLOCK } from '../config.js';
import { AttachmentsRepository } from './attachments.repository.js';
import { AttachmentsService, RECHECK_MS } from './attachments.service.js';
import { Spool } from './upload/spool.js';

/** The most attachments that one tick looks at; what is left over waits for the next. */
const BATCH = 100;
const INTERVAL_MS = 10_000;
/** No request takes as long as this to arrive. */
const STALE_MS = 10 * 60_000;

/**
 * Removes what no event points to: what was replaced, what was uploaded in vain, what an event left behind. Every
 * attachment is looked at in its turn, so that nothing is missed whatever died when. Runs in every instance; each takes
 * others.
 */
@Injectable()
export class AttachmentsSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurrence = new Recurrence(
    () => this.sweep(),
    (error) => this.logger.error({ err: error }, 'attachments.sweep-failed'),
  );

  constructor(
    private readonly attachments: AttachmentsService,
    private readonly repository: AttachmentsRepository,
    private readonly spool: Spool,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.start(INTERVAL_MS);
  }

  /** Sweeps every `intervalMs`, counted from the end of one sweep to the beginning of the next. */
  start(intervalMs: number): void {
    this.recurrence.start(intervalMs);
  }

  /** Nest closes the database after this. */
  onModuleDestroy(): Promise<void> {
    return this.recurrence.stop();
  }

  /** Removes those that are due and not linked, the longest due first, and tells how many. */
  async removeDue(): Promise<number> {
    const now = this.clock.now();
    let removed = 0;
    for (let seen = 0; seen < BATCH && !this.recurrence.stopped; seen += 1) {
      const attachment = await this.repository.takeDue(now, new Date(now.getTime() + RECHECK_MS));
      if (attachment === undefined) break;
      if (await this.attachments.removeUnlinked(attachment)) removed += 1;
    }
    return removed;
  }

  /** What fails has been put off before, so it keeps nobody waiting. */
  private async sweep(): Promise<void> {
    await this.removeDue();
    await this.spool.clear(new Date(this.clock.now().getTime() - STALE_MS));
  }
}
