import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Clock, Recurrence, UsherError } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { CLOCK } from '../../config.js';
import { EventsRepository } from '../events.repository.js';
import { EventsService } from '../events.service.js';

/** The most events that one tick completes; what is left over waits for the next. */
const BATCH = 100;
const INTERVAL_MS = 5_000;

/** Completes events when they are over. Runs in every instance: who comes second finds nothing left to change. */
@Injectable()
export class CompletionSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurrence = new Recurrence(
    () => this.completeDue(),
    (error) => this.logger.error({ err: error }, 'events.sweep-failed'),
  );

  constructor(
    private readonly repository: EventsRepository,
    private readonly events: EventsService,
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

  /** Completes a batch of the events that are over, the longest over first, and tells how many. */
  async completeDue(): Promise<number> {
    let completed = 0;
    for (const id of await this.repository.due(this.clock.now(), BATCH)) {
      if (this.recurrence.stopped) break;
      if (await this.complete(id)) completed += 1;
    }
    return completed;
  }

  /** One that fails must not keep the others waiting; it is due again on the next tick. */
  private async complete(id: string): Promise<boolean> {
    try {
      return await this.events.completeEvent(id);
    } catch (error) {
      if (error instanceof UsherError && error.code === 'not-found') return false;
      this.logger.error({ err: error, event_id: id }, 'event.completion-failed');
      return false;
    }
  }
}
