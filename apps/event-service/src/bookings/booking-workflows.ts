import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type Actor, type CancellationReason, SYSTEM_ACTOR } from '#contracts';
import type { Clock } from '#kernel';
import { CLOCK } from '../config.js';
import type { EventState } from '../events/event.js';
import { fromResource } from '../events/event-resource.js';
import { Reactions } from '../workflows/reactions.js';
import { type BookingState, cancelBooking, isCancelable, promoteWaiting, withEvent } from './booking.js';
import { BookingsRepository } from './bookings.repository.js';
import type { JournalEntry } from './settling/booking-journal.js';
import { SeatLedger } from './settling/seat-ledger.js';

/** How many bookings change in one transaction. */
const BATCH = 100;

/** What follows for bookings from what has happened to others, to events and to attendees. */
@Injectable()
export class BookingWorkflows implements OnModuleInit {
  constructor(
    private readonly reactions: Reactions,
    private readonly ledger: SeatLedger,
    private readonly bookings: BookingsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.reactions.register({
      on: ['usher.event.canceled', 'usher.event.deleted'],
      about: ({ data }) => data.event.id,
      react: ({ type, data: { event, actor } }) =>
        this.cancelAllOf(
          fromResource(event),
          type === 'usher.event.deleted' ? 'event-deleted' : 'event-canceled',
          actor,
        ),
    });
    this.reactions.register({
      on: ['usher.attendee.removed'],
      about: ({ data }) => data.attendee.id,
      react: ({ data: { attendee, actor } }) => this.cancelAttendee(attendee.id, actor),
    });
    this.reactions.register({
      on: ['usher.event.updated'],
      about: ({ data }) => data.event.id,
      react: ({ data: { event, actor } }) => this.cancelHopeless(event.id, actor),
    });
    this.reactions.register({
      on: ['usher.booking.canceled', 'usher.booking.waitlisted', 'usher.event.updated'],
      about: ({ data }) => data.event.id,
      react: ({ data }) => this.promoteWaiting(data.event.id),
    });
  }

  /** Gives what is free to those who wait, as long as there is both. */
  async promoteWaiting(eventId: string): Promise<void> {
    await this.settleAll(eventId, async (event) => {
      if (event === undefined || event.waitlist_length === 0) return [];
      const waiting = await this.bookings.waiting(eventId, event.max_attendees ?? Infinity, BATCH);
      const changes = promoteWaiting(event, waiting, this.clock.now());
      return changes.map((change) => ({ ...change, actor: SYSTEM_ACTOR }));
    });
  }

  /** Whoever waits for more seats than there are by now in all would wait in vain, and keep others from booking. */
  private async cancelHopeless(eventId: string, actor: Actor): Promise<void> {
    await this.settleAll(eventId, async (event) => {
      const capacity = event?.max_attendees ?? null;
      if (capacity === null || event?.waitlist_length === 0) return [];
      const bookings = await this.bookings.waitingForMore(eventId, capacity, BATCH);
      return this.cancelEach(bookings, 'capacity-lowered', actor);
    });
  }

  /** Cancels what waits or is confirmed for an event that may be gone, as it was last; who has come has come. */
  private async cancelAllOf(last: EventState, reason: CancellationReason, actor: Actor): Promise<void> {
    await this.settleAll(last.id, async () => {
      const bookings = await this.bookings.cancelable(last.id, BATCH);
      return this.cancelEach(
        bookings.map((booking) => withEvent(booking, last)),
        reason,
        actor,
      );
    });
  }

  /** Settles what `next` finds to do, up to a batch at a time, until it finds less than that. */
  private async settleAll(
    eventId: string,
    next: (event: EventState | undefined) => Promise<readonly JournalEntry[]>,
  ): Promise<void> {
    let settled: number;
    do {
      settled = await this.ledger.settle(eventId, async (event) => {
        const entries = await next(event);
        return { entries, result: entries.length };
      });
    } while (settled === BATCH);
  }

  private async cancelAttendee(attendeeId: string, actor: Actor): Promise<void> {
    const events = new Set((await this.bookings.liveOf(attendeeId)).map(({ event }) => event.id));
    for (const eventId of events)
      await this.ledger.settle(eventId, async () => {
        const bookings = (await this.bookings.liveOf(attendeeId)).filter(({ event }) => event.id === eventId);
        return {
          entries: this.cancelEach(bookings.filter(isCancelable), 'attendee-removed', actor),
          result: undefined,
        };
      });
  }

  private cancelEach(bookings: readonly BookingState[], reason: CancellationReason, actor: Actor) {
    return bookings.flatMap((booking) => {
      const change = cancelBooking(booking, reason, this.clock.now());
      return change === null ? [] : [{ ...change, actor }];
    });
  }
}
