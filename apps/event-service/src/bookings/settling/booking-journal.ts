import { Injectable } from '@nestjs/common';
import type { Actor } from '#contracts';
import type { ExecutionContext } from '#observability';
import { EventLog, type NewLogEntry } from '#persistence';
import { AttendeesService, type Registration } from '../../attendees/attendees.service.js';
import type { EventState } from '../../events/event.js';
import { seatsLeft } from '../../events/event-resource.js';
import { EventsRepository } from '../../events/events.repository.js';
import { type BookingChange, moveSeats, streamOf, withEvent } from '../booking.js';
import { BookingsRepository } from '../bookings.repository.js';

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

/** What has been decided about the seats of one event. */
export interface JournalPage {
  /** The event as it was read; undefined where it is gone. */
  event: EventState | undefined;
  entries: readonly JournalEntry[];
  attendees?: BookedAttendees;
}

/** Writes what has been decided about events' seats: their counters, bookings, attendees and log, as one. */
@Injectable()
export class BookingJournal {
  constructor(
    private readonly events: EventsRepository,
    private readonly bookings: BookingsRepository,
    private readonly attendees: AttendeesService,
    private readonly log: EventLog,
  ) {}

  /**
   * Within the running transaction, writes `pages`, each of another event: a few writes, however many they are. Events come
   * first, so that whoever loses a race for one has done nothing in vain. Throws a retryable `conflict` where something is
   * not any more as it was read, and MongoDB's duplicate key error where a booking is not unique.
   */
  async record(pages: readonly JournalPage[]): Promise<void> {
    const logged = pages.map(follow);
    await this.events.updateSeats(pages.flatMap(({ event }, index) => movedSeats(event, logged[index]?.at(-1)?.event)));
    await this.attendees.hold(pages.flatMap(({ attendees }) => attendees?.known ?? []));
    const registered = await this.attendees.insert(pages.flatMap(({ attendees }) => attendees?.registrations ?? []));
    const entries = logged.flat();
    await this.bookings.insertMany(entries.filter(isNew).map(({ booking }) => booking));
    await this.bookings.updateMany(entries.filter((entry) => !isNew(entry)).map(({ booking }) => booking));
    await this.log.append(...registered, ...entries.map(toLogEntry));
  }
}

type Logged = JournalEntry & { event: EventState | undefined };

/** Each change with the event as it is right after it. */
function follow({ event, entries }: JournalPage): Logged[] {
  let present = event;
  return entries.map((entry) => {
    if (present !== undefined) present = moveSeats(present, entry.before, entry.booking);
    return { ...entry, booking: withEvent(entry.booking, present), event: present };
  });
}

const movedSeats = (seen: EventState | undefined, state: EventState | undefined) =>
  seen === undefined || state === undefined || seen === state ? [] : [{ seen, state }];

const isNew = ({ before }: JournalEntry): boolean => before === undefined;

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
