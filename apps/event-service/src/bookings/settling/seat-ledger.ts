import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { Batcher, UsherError } from '#kernel';
import { currentContext, type ExecutionContext, type Logger, LOGGER, runInContext } from '#observability';
import { duplicateKeyFields, Transactions, Turns } from '#persistence';
import type { EventState } from '../../events/event.js';
import { EventsRepository } from '../../events/events.repository.js';
import { type BookedAttendees, BookingJournal, type JournalEntry, type JournalPage } from './booking-journal.js';

/** What has been decided about an event's seats; nothing is written where there are no entries. */
export interface SeatDecision<T> {
  entries: readonly JournalEntry[];
  attendees?: BookedAttendees;
  result: T;
}

/** Decides on an event as it was read, undefined where it is gone; asked again where that has changed meanwhile. */
export type Decide<T> = (event: EventState | undefined) => Promise<SeatDecision<T>>;

/** Something to decide about one event. */
interface Matter {
  eventId: string;
  decide: Decide<unknown>;
  /** Of the request or message that it came with; it is settled together with others. */
  context: ExecutionContext;
}

type Placed = JournalEntry & { context: ExecutionContext };
type Decided = JournalPage & SeatDecision<unknown> & { entries: readonly Placed[] };

/** Transactions under way at once; one that has to wait holds up only the events of its own lane. */
const LANES = 4;
/** Events whose seats change in one transaction at most. */
const MAX_EVENTS = 32;
/** Events that may wait in each lane; far above what the connections of one instance can ask for. */
const MAX_WAITING = 100_000;
/** Far more than a race between instances takes, for one of them wins each time. */
const ATTEMPTS = 50;
const MAX_PAUSE_MS = 20;

/**
 * Where seats change hands: reads events, has them decided upon, and writes the decisions if the events are still as they
 * were read. What comes in together for different events shares a transaction.
 */
@Injectable()
export class SeatLedger {
  private readonly lanes = new Batcher<Matter, unknown>({
    work: (_, matters) => this.settleTogether(matters),
    maxBatch: MAX_EVENTS,
    maxWaiting: MAX_WAITING,
  });

  constructor(
    private readonly events: EventsRepository,
    private readonly journal: BookingJournal,
    private readonly transactions: Transactions,
    private readonly turns: Turns,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Within this process the changes of one event take turns; between instances its own counters and the unique indexes
   * decide, and a lost race begins again. Throws what `decide` throws, and a retryable `unavailable`.
   */
  async settle<T>(eventId: string, decide: Decide<T>): Promise<T> {
    const matter = { eventId, decide, context: currentContext() };
    // What comes back is the result of this very matter.
    return (await this.turns.take(eventId, () => this.lanes.submit(laneOf(eventId), matter))) as T;
  }

  /** In one transaction, unless that fails for the sake of one of them: then each has its own. */
  private async settleTogether(matters: readonly Matter[]): Promise<PromiseSettledResult<unknown>[]> {
    const events = await this.events.findMany(matters.map(({ eventId }) => eventId));
    const outcomes = await Promise.allSettled(
      matters.map((matter) =>
        decideOn(
          events.find(({ id }) => id === matter.eventId),
          matter,
        ),
      ),
    );
    try {
      await this.write(outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])));
    } catch (error) {
      if (isOutage(error)) throw error;
      return Promise.allSettled(matters.map((matter) => this.settleAlone(matter)));
    }
    return outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? { status: 'fulfilled', value: outcome.value.result } : outcome,
    );
  }

  private async settleAlone(matter: Matter): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      const decided = await decideOn(await this.events.find(matter.eventId), matter);
      try {
        await this.write([decided]);
        return decided.result;
      } catch (error) {
        if (!isLostRace(error)) throw error;
        if (attempt >= ATTEMPTS) throw contended(error);
      }
      await delay(Math.random() * MAX_PAUSE_MS);
    }
  }

  private async write(decided: readonly Decided[]): Promise<void> {
    const pages = decided.filter(({ entries }) => entries.length > 0);
    if (pages.length === 0) return;
    await this.transactions.run(() => this.journal.record(pages));
    for (const { entries } of pages) for (const entry of entries) this.tell(entry);
  }

  private tell({ type, booking, actor, context }: Placed): void {
    const { id, event, attendee_id, owner_id, status, seats, version } = booking;
    const ids = { booking_id: id, event_id: event.id, attendee_id, owner_id };
    runInContext(context, () => this.logger.info({ ...ids, type, status, seats, version, actor }, 'booking.changed'));
  }
}

/** Always the same for one event. */
const laneOf = (eventId: string): string => String(Number.parseInt(eventId.slice(-4), 16) % LANES);

async function decideOn(event: EventState | undefined, { decide, context }: Matter): Promise<Decided> {
  const decision = await runInContext(context, () => decide(event));
  return { ...decision, event, entries: decision.entries.map((entry) => ({ context, ...entry })) };
}

const isLostRace = (error: unknown): boolean =>
  duplicateKeyFields(error) !== undefined ||
  (error instanceof UsherError && error.code === 'conflict' && error.retryable);

const isOutage = (error: unknown): boolean =>
  error instanceof UsherError && error.code === 'unavailable' && error.retryable;

const contended = (cause: unknown): UsherError =>
  new UsherError('unavailable', 'Too many change the seats of this event at once.', {
    retryable: true,
    retryAfter: 1,
    cause,
  });
