import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type Principal, requireManage } from '#auth';
import type { Page, PageRequest } from '#http';
import { AttendeesService } from '../../attendees/attendees.service.js';
import type { AttendeeState } from '../../attendees/attendee.js';
import { EventsService } from '../../events/events.service.js';
import type { BookingState } from '../booking.js';
import { type BookingFilter, BookingsRepository, OLDEST_FIRST } from '../bookings.repository.js';
import { csvHead, csvRows } from './guest-list.csv.js';
import type { GuestListQuery, GuestResource } from './guest-list.dto.js';

/** How many guests of a file are read and written at a time. */
const BATCH = 500;

/** Who has booked an event and how to reach them, for those who run it; in the order in which they booked. */
@Injectable()
export class GuestList {
  constructor(
    private readonly events: EventsService,
    private readonly bookings: BookingsRepository,
    private readonly attendees: AttendeesService,
  ) {}

  /** Throws `not-found`, and `forbidden` for everybody but the event's creator and admins. */
  async page(eventId: string, { status, ...request }: GuestListQuery, principal: Principal) {
    await this.requireOrganiser(eventId, principal);
    return this.guests(filterOf(eventId, status), request);
  }

  /** All of them as CSV, read as it is written; throws as `page` does, before anything is sent. */
  async csv(eventId: string, { status }: Pick<GuestListQuery, 'status'>, principal: Principal): Promise<Readable> {
    await this.requireOrganiser(eventId, principal);
    const filter = filterOf(eventId, status);
    return Readable.from(this.lines(filter, await this.guests(filter, { limit: BATCH })));
  }

  private async requireOrganiser(eventId: string, principal: Principal): Promise<void> {
    const event = await this.events.getEvent(eventId);
    requireManage(principal, event.created_by.id);
  }

  /** Page by page rather than by a cursor of the database, which would not wait for a slow client. */
  private async *lines(filter: BookingFilter, first: Page<GuestResource>): AsyncGenerator<string> {
    yield csvHead();
    let page = first;
    yield csvRows(page.data);
    while (page.next_cursor !== null) {
      page = await this.guests(filter, { limit: BATCH, cursor: page.next_cursor });
      yield csvRows(page.data);
    }
  }

  private async guests(filter: BookingFilter, request: PageRequest): Promise<Page<GuestResource>> {
    const { data, next_cursor } = await this.bookings.page(filter, request, OLDEST_FIRST);
    const attendees = await this.attendees.findMany(data.map(({ attendee_id }) => attendee_id));
    return { data: data.map((booking) => toGuest(booking, attendees.get(booking.attendee_id))), next_cursor };
  }
}

const filterOf = (eventId: string, status: GuestListQuery['status']): BookingFilter => ({
  'event.id': eventId,
  ...(status === undefined ? { live: true } : { status }),
});

function toGuest(booking: BookingState, attendee: AttendeeState | undefined): GuestResource {
  return {
    id: booking.attendee_id,
    name: attendee?.name ?? null,
    email: attendee?.email ?? null,
    phone: attendee?.phone ?? null,
    country: attendee?.country ?? null,
    notes: attendee?.notes ?? null,
    booking: {
      id: booking.id,
      seats: booking.seats,
      status: booking.status,
      code: booking.code,
      created_at: booking.created_at.toISOString(),
      ...(booking.checked_in_at === null ? {} : { checked_in_at: booking.checked_in_at.toISOString() }),
    },
  };
}
