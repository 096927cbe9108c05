import { Inject, Injectable } from '@nestjs/common';
import { type Clock, UsherError } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { CLOCK, CONFIG, type Config } from '../config.js';
import type { EventState } from '../events/event.js';
import { EventsService } from '../events/events.service.js';
import { dueReminder, minutesIn, type Span, startsDue } from './reminder.js';
import { ReminderSender } from './reminder-sender.js';
import { RemindersRepository } from './reminders.repository.js';

/** Events that are read, and reminded of, at once. */
const PAGE = 100;

/** Reminds of events some time before they begin. */
@Injectable()
export class RemindersService {
  private readonly minutesBefore: readonly number[];

  constructor(
    private readonly events: EventsService,
    private readonly progress: RemindersRepository,
    private readonly sender: ReminderSender,
    @Inject(CONFIG) { REMINDERS_BEFORE }: Pick<Config, 'REMINDERS_BEFORE'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.minutesBefore = [...new Set(REMINDERS_BEFORE.map(minutesIn))];
  }

  /**
   * Sends what has fallen due since the last run that came to its end. Harmless to repeat and to run several times at
   * once: each reminder is said once. Throws where MongoDB is out of reach; the next run begins where this one did.
   */
  async remindDue(): Promise<void> {
    const until = this.clock.now();
    const span = { from: (await this.progress.remindedUntil()) ?? until, until };
    for (const minutes of this.minutesBefore)
      for await (const events of this.startingIn(startsDue(minutes, span))) {
        const due = events.filter((event) => dueReminder(event, this.minutesBefore, span) === minutes);
        if (due.length > 0) await this.remind(due, minutes, until);
      }
    await this.progress.advance(until);
  }

  /** Scheduled events that start within `span`, by start. */
  private async *startingIn({ from, until }: Span): AsyncGenerator<EventState[]> {
    const query = { status: 'scheduled', starts_after: from, starts_before: until, sort: 'start_time' } as const;
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await this.events.listEvents({ ...query, limit: PAGE, cursor });
      yield page.data;
      cursor = page.next_cursor;
    }
  }

  /** All at once; one by one where that fails because of one of them, which is passed over. */
  private async remind(events: readonly EventState[], minutes: number, now: Date): Promise<void> {
    try {
      await this.sender.send(events, minutes, now);
    } catch (error) {
      if (error instanceof UsherError && error.retryable) throw error;
      if (events.length > 1) for (const event of events) await this.remind([event], minutes, now);
      else this.logger.error({ err: error, event_id: events[0]?.id, minutes_before: minutes }, 'reminder.failed');
    }
  }
}
