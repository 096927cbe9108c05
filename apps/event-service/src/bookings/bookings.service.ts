import { Inject, Injectable } from '@nestjs/common';
import { isAdmin, mayManage, type Principal, requireManage } from '#auth';
import type { Page, Precondition } from '#http';
import { type Clock, UsherError } from '#kernel';
import { actorOf, type AttendeeCaller } from '../attendees/attendee-caller.js';
import { AttendeesService } from '../attendees/attendees.service.js';
import { CLOCK } from '../config.js';
import { EventsService } from '../events/events.service.js';
import { type BookingChange, type BookingState, cancelBooking, checkInBooking } from './booking.js';
import { type BookingView, BookingViews } from './booking-views.js';
import type { ListBookingsQuery, ListEventBookingsQuery } from './bookings.dto.js';
import { type BookingFilter, BookingsRepository } from './bookings.repository.js';
import { SeatLedger } from './settling/seat-ledger.js';

/** Who asks for a change, and what they take the booking to be. */
export interface ChangeRequest {
  caller: AttendeeCaller;
  precondition: Precondition;
}

/** What happens to bookings once they are made, and who may see them. */
@Injectable()
export class BookingsService {
  constructor(
    private readonly bookings: BookingsRepository,
    private readonly ledger: SeatLedger,
    private readonly views: BookingViews,
    private readonly attendees: AttendeesService,
    private readonly events: EventsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws `not-found` for everybody but its owner, the event's creator and admins. */
  async getBooking(id: string, caller: AttendeeCaller): Promise<BookingView> {
    return this.views.one(() => this.findVisible(id, caller));
  }

  /** Newest first. Throws `unauthenticated`, and `forbidden` where somebody asks as an admin who is none. */
  async listBookings({ as, event_id, status, ...request }: ListBookingsQuery, caller: AttendeeCaller) {
    const filter: BookingFilter = {
      ...(await this.scopeOf(as, caller)),
      ...(event_id === undefined ? {} : { 'event.id': event_id }),
      ...(status === undefined ? {} : { status }),
    };
    return this.views.page(() => this.bookings.page(filter, request));
  }

  /** Newest first. Throws `forbidden` for everybody but the event's creator and admins. */
  async listEventBookings(
    eventId: string,
    { status, code, ...request }: ListEventBookingsQuery,
    principal: Principal,
  ): Promise<Page<BookingView>> {
    const event = await this.events.getEvent(eventId);
    requireManage(principal, event.created_by.id);
    const filter: BookingFilter = {
      'event.id': eventId,
      ...(status === undefined ? {} : { status }),
      ...(code === undefined ? {} : { code }),
    };
    return this.views.page(() => this.bookings.page(filter, request));
  }

  /** Canceling what is canceled already changes nothing. Throws `not-found`, `precondition-failed` and `already-checked-in`. */
  async cancelBooking(id: string, request: ChangeRequest): Promise<BookingView> {
    const booking = await this.findVisible(id, request.caller);
    return this.change(booking, request, (present, now) => cancelBooking(present, 'requested', now));
  }

  /** Throws `not-found`, `forbidden` for its owner, `precondition-failed`, `already-checked-in` and `booking-not-confirmed`. */
  async checkIn(id: string, request: ChangeRequest): Promise<BookingView> {
    const booking = await this.findVisible(id, request.caller);
    const { principal } = request.caller;
    if (principal === undefined || !mayManage(principal, booking.event.created_by.id))
      throw new UsherError('forbidden', 'Only the creator of the event or an admin checks people in.');
    return this.change(booking, request, checkInBooking);
  }

  /** Only the ids of the booking that was seen count; what is decided on is read when its turn comes. */
  private async change(
    { id, event }: BookingState,
    { caller, precondition }: ChangeRequest,
    decide: (booking: BookingState, now: Date) => BookingChange | null,
  ): Promise<BookingView> {
    await this.ledger.settle(event.id, async () => {
      const booking = await this.find(id);
      precondition.require(booking.version);
      const change = decide(booking, this.clock.now());
      return { entries: change === null ? [] : [{ ...change, actor: actorOf(caller) }], result: undefined };
    });
    return this.views.one(() => this.find(id));
  }

  private async find(id: string): Promise<BookingState> {
    const booking = await this.bookings.find(id);
    if (booking === undefined) throw notFound();
    return booking;
  }

  private async findVisible(id: string, caller: AttendeeCaller): Promise<BookingState> {
    const booking = await this.find(id);
    if (!(await this.maySee(booking, caller))) throw notFound();
    return booking;
  }

  private async maySee({ owner_id, attendee_id, event }: BookingState, caller: AttendeeCaller): Promise<boolean> {
    const { principal } = caller;
    if (principal !== undefined && (principal.id === owner_id || mayManage(principal, event.created_by.id)))
      return true;
    return (await this.attendees.identify(caller))?.id === attendee_id;
  }

  /** Which bookings somebody means who asks for theirs. */
  private async scopeOf(as: ListBookingsQuery['as'], caller: AttendeeCaller): Promise<BookingFilter> {
    const { principal } = caller;
    if (principal === undefined) {
      const attendee = as === 'owner' ? await this.attendees.identify(caller) : undefined;
      if (attendee === undefined) throw new UsherError('unauthenticated', 'Sign in, or send an attendee’s token.');
      return { attendee_id: attendee.id };
    }
    if (as === 'owner') return { owner_id: principal.id };
    if (as === 'creator') return { 'event.created_by.id': principal.id };
    if (!isAdmin(principal)) throw new UsherError('forbidden', 'Only an admin lists everybody’s bookings.');
    return {};
  }
}

const notFound = (): UsherError => new UsherError('not-found', 'There is no such booking.');
