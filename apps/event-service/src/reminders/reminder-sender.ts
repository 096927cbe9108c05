import { Inject, Injectable } from '@nestjs/common';
import { SYSTEM_ACTOR } from '#contracts';
import { type Logger, LOGGER, Metrics } from '#observability';
import { duplicateKeyFields, EventLog, Transactions } from '#persistence';
import type { EventState } from '../events/event.js';
import { toResource } from '../events/event-resource.js';
import { dueAt, streamOf } from './reminder.js';

/** Says in the log that an event is about to begin; whoever follows the event is told from there. */
@Injectable()
export class ReminderSender {
  constructor(
    private readonly log: EventLog,
    private readonly transactions: Transactions,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Does nothing where it has been said before, here or in another instance. */
  async send(event: EventState, minutes: number, now: Date): Promise<void> {
    try {
      await this.transactions.run(() => this.append(event, minutes, now));
    } catch (error) {
      if (duplicateKeyFields(error) !== undefined) return;
      throw error;
    }
    const lateMs = now.getTime() - dueAt(event, minutes).getTime();
    this.metrics.count('usher_reminders_sent_total', {});
    this.logger.info({ event_id: event.id, minutes_before: minutes, late_ms: lateMs }, 'reminder.sent');
  }

  private append(event: EventState, minutes: number, now: Date): Promise<void> {
    return this.log.append({
      stream: streamOf(event.id, event.start_time, minutes),
      version: 1,
      type: 'usher.event.reminder',
      subject: `events/${event.id}`,
      data: { event: toResource(event), minutes_before: minutes, actor: SYSTEM_ACTOR },
      time: now,
      actor: SYSTEM_ACTOR,
    });
  }
}
