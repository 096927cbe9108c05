import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { UsherError } from '#kernel';
import { currentContext, type Logger, LOGGER, runInContext } from '#observability';
import { duplicateKeyFields, Transactions } from '#persistence';
import type { EventState } from '../events/event.js';
import { EventsRepository } from '../events/events.repository.js';
import { Turns } from '../events/turns.js';
import { type BookedAttendees, BookingJournal, type JournalEntry } from './booking-journal.js';

/** What has been decided about an event's seats; nothing is written where there are no entries. */
export interface SeatDecision<T> {
  entries: readonly JournalEntry[];
  attendees?: BookedAttendees;
  result: T;
}

/** Far more than a race between instances takes: one of them wins each time. */
const ATTEMPTS = 50;
const MAX_PAUSE_MS = 20;

/** Where seats change hands: reads an event, has it decided upon, and writes the decision if the event is still that. */
@Injectable()
export class SeatLedger {
  constructor(
    private readonly events: EventsRepository,
    private readonly journal: BookingJournal,
    private readonly transactions: Transactions,
    private readonly turns: Turns,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Settles one decision after the other on each event within this process; between instances the event's own counters and
   * the unique indexes decide, and a lost race begins again with what `decide` then reads. `decide` gets undefined where
   * the event is gone. Throws what `decide` throws, and `unavailable`.
   */
  settle<T>(eventId: string, decide: (event: EventState | undefined) => Promise<SeatDecision<T>>): Promise<T> {
    return this.turns.take(eventId, async () => {
      for (let attempt = 1; ; attempt += 1) {
        const event = await this.events.find(eventId);
        const decision = await decide(event);
        if (await this.write(event, decision, attempt)) return decision.result;
        await delay(Math.random() * MAX_PAUSE_MS);
      }
    });
  }

  /** Answers whether the decision stands; false where it has to be made anew. */
  private async write(
    event: EventState | undefined,
    { entries, attendees }: SeatDecision<unknown>,
    attempt: number,
  ): Promise<boolean> {
    if (entries.length === 0) return true;
    try {
      await this.transactions.run(() => this.journal.record(event, entries, attendees));
    } catch (error) {
      if (!isLostRace(error)) throw error;
      if (attempt >= ATTEMPTS) throw contended(error);
      return false;
    }
    for (const entry of entries) this.tell(entry, attempt);
    return true;
  }

  private tell({ type, booking, actor, context = currentContext() }: JournalEntry, attempt: number): void {
    const { id, event, attendee_id, owner_id, status, seats, version } = booking;
    const ids = { booking_id: id, event_id: event.id, attendee_id, owner_id };
    runInContext(context, () =>
      this.logger.info({ ...ids, type, status, seats, version, attempt, actor }, 'booking.changed'),
    );
  }
}

const isLostRace = (error: unknown): boolean =>
  duplicateKeyFields(error) !== undefined ||
  (error instanceof UsherError && error.code === 'conflict' && error.retryable);

const contended = (cause: unknown): UsherError =>
  new UsherError('unavailable', 'Too many change the seats of this event at once.', {
    retryable: true,
    retryAfter: 1,
    cause,
  });
