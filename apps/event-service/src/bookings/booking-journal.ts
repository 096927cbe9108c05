import { Injectable } from '@nestjs/common';
import type { Actor } from '#contracts';
import type { ExecutionContext } from '#observability';
import { EventLog, type NewLogEntry } from '#persistence';
import { AttendeesService, type Registration } from '../attendees/attendees.service.js';
import type { EventState } from '../events/event.js';
import { seatsLeft } from '../events/event-resource.js';
import { EventsRepository } from '../events/events.repository.js';
import { type BookingChange, moveSeats, streamOf } from './booking.js';
import { BookingsRepository } from './bookings.repository.js';

/** One change of a booking, and who made it. */
export interface JournalEntry extends BookingChange {
  actor: Actor;
  /** The request that led to it, where several are written together. */
  context?: ExecutionContext;
}

/** Attendees whom bookings are made for: new ones, and such as must be there still. */
export interface BookedAttendees {
  registrations: readonly Registration[];
  known: readonly { id: string; version: number }[];
}

/** Writes what has been decided about an event's seats: the event's counters, bookings, attendees and log, as one. */
@Injectable()
export class BookingJournal {
  constructor(
    private readonly events: EventsRepository,
    private readonly bookings: BookingsRepository,
    private readonly attendees: AttendeesService,
    private readonly log: EventLog,
  ) {}

  /**
   * Within the running transaction, writes changes that were decided on `event` as it was read; undefined where it is gone.
   * The event comes first, so that whoever loses a race for it has done nothing in vain. Throws a retryable `conflict`
   * where something is not any more as it was read, and MongoDB's duplicate key error where a booking is not unique.
   */
  async record(
    event: EventState | undefined,
    entries: readonly JournalEntry[],
    { registrations, known }: BookedAttendees = { registrations: [], known: [] },
  ): Promise<void> {
    const logged = follow(event, entries);
    const after = logged.at(-1)?.event;
    if (event !== undefined && after !== undefined && after !== event) await this.events.updateSeats(event, after);
    await this.attendees.hold(known);
    await this.attendees.record(registrations);
    const bookings = Map.groupBy(entries, ({ before }) => (before === undefined ? 'new' : 'known'));
    await this.bookings.insertMany((bookings.get('new') ?? []).map(({ booking }) => booking));
    await this.bookings.updateMany((bookings.get('known') ?? []).map(({ booking }) => booking));
    await this.log.append(...logged.map(toLogEntry));
  }
}

type Logged = JournalEntry & { event: EventState | undefined };

/** Each change with the event as it is right after it. */
function follow(event: EventState | undefined, entries: readonly JournalEntry[]): Logged[] {
  let present = event;
  return entries.map((entry) => {
    if (present !== undefined) present = moveSeats(present, entry.before, entry.booking);
    return { ...entry, event: present };
  });
}

function toLogEntry({ booking, type, event, actor, context }: Logged): NewLogEntry {
  return {
    stream: streamOf(booking.id),
    version: booking.version,
    type,
    subject: `bookings/${booking.id}`,
    data: {
      booking: {
        id: booking.id,
        attendee_id: booking.attendee_id,
        owner_id: booking.owner_id,
        seats: booking.seats,
        status: booking.status,
        code: booking.code,
        waitlist_ticket: booking.waitlist_ticket,
        cancellation_reason: booking.cancellation_reason,
        version: booking.version,
        created_at: booking.created_at.toISOString(),
        canceled_at: booking.canceled_at?.toISOString() ?? null,
        checked_in_at: booking.checked_in_at?.toISOString() ?? null,
      },
      event: { ...booking.event, start_time: booking.event.start_time.toISOString() },
      seats_left: event === undefined ? null : seatsLeft(event),
      actor,
    },
    time: booking.updated_at,
    actor,
    ...(context === undefined ? {} : { context }),
  };
}
