import { Inject, Injectable } from '@nestjs/common';
import { SYSTEM_ACTOR } from '#contracts';
import { type Logger, LOGGER, Metrics } from '#observability';
import { EventLog, type NewLogEntry, Transactions } from '#persistence';
import type { EventState } from '../events/event.js';
import { toResource } from '../events/event-resource.js';
import { dueAt, streamOf } from './reminder.js';

/** Says in the log that events are about to begin; whoever follows them is told from there. */
@Injectable()
export class ReminderSender {
  constructor(
    private readonly log: EventLog,
    private readonly transactions: Transactions,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Says it of each of `events` of which it has not been said yet, here or in another instance; of all of them or of none.
   * Throws `payload-too-large` where one does not fit into a message.
   */
  async send(events: readonly EventState[], minutes: number, now: Date): Promise<void> {
    const reminded = await this.transactions.run(async () => {
      const known = await this.log.begun(events.map((event) => streamOf(event, minutes)));
      const fresh = events.filter((event) => !known.has(streamOf(event, minutes)));
      if (fresh.length > 0) await this.log.append(...fresh.map((event) => entryOf(event, minutes, now)));
      return fresh;
    });
    this.metrics.count('usher_reminders_sent_total', {}, reminded.length);
    for (const event of reminded) {
      const lateMs = now.getTime() - dueAt(event, minutes).getTime();
      this.logger.info({ event_id: event.id, minutes_before: minutes, late_ms: lateMs }, 'reminder.sent');
    }
  }
}

const entryOf = (event: EventState, minutes: number, now: Date): NewLogEntry<'usher.event.reminder'> => ({
  stream: streamOf(event, minutes),
  version: 1,
  type: 'usher.event.reminder',
  subject: `events/${event.id}`,
  data: { event: toResource(event), minutes_before: minutes, actor: SYSTEM_ACTOR },
  time: now,
  actor: SYSTEM_ACTOR,
});
