import { Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import { UsherError } from '#kernel';
import { currentContext } from '#observability';
import type { AttendeeState } from '../attendees/attendee.js';
import { actorOf, type AttendeeCaller } from '../attendees/attendee-caller.js';
import { AttendeesService } from '../attendees/attendees.service.js';
import { UsersService } from '../users/users.service.js';
import { newBookingCode } from './booking-code.js';
import { type BookingView, BookingViews, toView } from './booking-views.js';
import type { NewBooking } from './bookings.dto.js';
import { BookingsRepository } from './bookings.repository.js';
import { type Booked, BoxOffice } from './settling/box-office.js';

/** Whom a booking is for, as far as that is settled before it is decided. */
interface Guest {
  attendee: AttendeeState;
  /** Whether the booking is to register them. */
  isNewAttendee: boolean;
  /** Manages a new attendee without an account. */
  token?: string;
}

/** Takes orders: who books, for whom, and what they are told. */
@Injectable()
export class BookingOrders {
  constructor(
    private readonly boxOffice: BoxOffice,
    private readonly bookings: BookingsRepository,
    private readonly views: BookingViews,
    private readonly attendees: AttendeesService,
    private readonly users: UsersService,
  ) {}

  /**
   * Books the event under the booking's id; repeated with the same id, it answers with what came of the first attempt. Throws
   * `unauthenticated` where nobody says whom it is for, `not-found`, and what {@link BoxOffice.book} throws.
   */
  async placeOrder(
    id: string,
    eventId: string,
    { seats, waitlist, ...given }: NewBooking,
    caller: AttendeeCaller,
  ): Promise<{ view: BookingView; attendeeToken?: string }> {
    const { token, ...guest } = await this.guestOf(given, caller);
    const order = { id, code: newBookingCode(), seats, waitlist, ...guest };
    const context = currentContext();
    const booked = await this.boxOffice.book(eventId, { ...order, actor: actorOf(caller), context });
    const view = await this.viewOf(booked, guest.attendee);
    if (token === undefined) return { view };
    if (booked.event !== undefined) return { view, attendeeToken: token };
    // Only a hash is left of the token that the first attempt did not live to tell.
    const renewed = await this.attendees.renewToken(booked.booking.attendee_id);
    return { view, attendeeToken: renewed.token };
  }

  /** What has just been booked is known in full: who waits is the last in line. What was booked before may have moved on. */
  private async viewOf({ booking, event }: Booked, attendee: AttendeeState): Promise<BookingView> {
    if (event === undefined) return this.views.one(async () => (await this.bookings.find(booking.id)) ?? booking);
    const place = booking.status === 'waitlisted' ? { position: event.waitlist_length } : {};
    return toView(booking, { event, attendee, ...place });
  }

  private async guestOf(
    { attendee, attendee_id }: Pick<NewBooking, 'attendee' | 'attendee_id'>,
    caller: AttendeeCaller,
  ): Promise<Guest> {
    if (attendee !== undefined) {
      const { state, token } = this.attendees.prepare(attendee, caller.principal);
      return { attendee: state, token, isNewAttendee: true };
    }
    if (attendee_id !== undefined)
      return { attendee: await this.attendees.findManaged(attendee_id, caller), isNewAttendee: false };
    if (caller.principal !== undefined) return this.self(caller.principal);
    const identified = await this.attendees.identify(caller);
    if (identified !== undefined) return { attendee: identified, isNewAttendee: false };
    throw new UsherError('unauthenticated', 'Sign in, send an attendee’s token, or say who the attendee is.');
  }

  private async self({ id }: Principal): Promise<Guest> {
    const own = (await this.attendees.findOwn([id])).get(id);
    if (own !== undefined) return { attendee: own, isNewAttendee: false };
    const { state } = this.attendees.prepareSelf(await this.users.readUser(id));
    return { attendee: state, isNewAttendee: true };
  }
}
