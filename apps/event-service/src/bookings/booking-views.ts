import { Injectable } from '@nestjs/common';
import { type Page } from '#http';
import { Transactions } from '#persistence';
import { AttendeesService } from '../attendees/attendees.service.js';
import { EventsRepository } from '../events/events.repository.js';
import type { BookingState } from './booking.js';
import type { BookingResource } from './bookings.dto.js';
import { BookingsRepository } from './bookings.repository.js';

/** A booking as it is answered. */
export interface BookingView {
  resource: BookingResource;
  version: number;
  /** What else the answer depends on: the event, the attendee, the place in line. */
  revision: string;
}

/** What others know of a booking. */
interface Surroundings {
  event?: { title: string; start_time: Date; version: number };
  attendee?: { name: string; version: number };
  position?: number;
}

/** Shows bookings together with what others know of them: the event as it is now, the attendee’s name, the place in line. */
@Injectable()
export class BookingViews {
  constructor(
    private readonly bookings: BookingsRepository,
    private readonly events: EventsRepository,
    private readonly attendees: AttendeesService,
    private readonly transactions: Transactions,
  ) {}

  async one(load: () => Promise<BookingState>): Promise<BookingView> {
    const [view] = (await this.page(async () => ({ data: [await load()], next_cursor: null }))).data;
    if (view === undefined) throw new TypeError('A page of one booking is empty.');
    return view;
  }

  /** Status and place in line are of one moment: nobody is shown as waiting at a place that somebody else has. */
  async page(load: () => Promise<Page<BookingState>>): Promise<Page<BookingView>> {
    const { page, positions } = await this.withPositions(load);
    const [events, attendees] = await Promise.all([
      this.events.findMany([...new Set(page.data.map(({ event }) => event.id))]),
      this.attendees.findMany([...new Set(page.data.map(({ attendee_id }) => attendee_id))]),
    ]);
    const eventsById = new Map(events.map((event) => [event.id, event]));
    const data = page.data.map((booking) => {
      const [event, attendee] = [eventsById.get(booking.event.id), attendees.get(booking.attendee_id)];
      const position = positions.get(booking.id);
      return toView(booking, {
        ...(event === undefined ? {} : { event }),
        ...(attendee === undefined ? {} : { attendee }),
        ...(position === undefined ? {} : { position }),
      });
    });
    return { data, next_cursor: page.next_cursor };
  }

  private async withPositions(load: () => Promise<Page<BookingState>>) {
    const page = await load();
    if (!page.data.some(isWaiting)) return { page, positions: new Map<string, number>() };
    return this.transactions.run(async () => {
      const again = await load();
      const waiting = again.data.filter(isWaiting);
      const eventIds = [...new Set(waiting.map(({ event }) => event.id))];
      const ids = waiting.map(({ id }) => id);
      return { page: again, positions: await this.bookings.waitlistPositions(eventIds, ids) };
    });
  }
}

const isWaiting = ({ status }: BookingState): boolean => status === 'waitlisted';

/** The answer from a booking and what is known around it. */
export function toView(booking: BookingState, { event, attendee, position }: Surroundings): BookingView {
  const { title, start_time } = event ?? booking.event;
  return {
    resource: {
      id: booking.id,
      event: { id: booking.event.id, title, start_time: start_time.toISOString() },
      attendee: { id: booking.attendee_id, name: attendee?.name ?? null },
      seats: booking.seats,
      status: booking.status,
      ...(position === undefined ? {} : { waitlist_position: position }),
      code: booking.code,
      created_at: booking.created_at.toISOString(),
      ...(booking.canceled_at === null ? {} : { canceled_at: booking.canceled_at.toISOString() }),
      ...(booking.cancellation_reason === null ? {} : { cancellation_reason: booking.cancellation_reason }),
      ...(booking.checked_in_at === null ? {} : { checked_in_at: booking.checked_in_at.toISOString() }),
    },
    version: booking.version,
    revision: [event?.version ?? 0, attendee?.version ?? 0, position ?? 0].join('-'),
  };
}
