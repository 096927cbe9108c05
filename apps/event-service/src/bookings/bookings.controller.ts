import { Body, Controller, Get, Header, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '#auth';
import { answer, type Answer, Endpoint, Id, IfMatch, mapPage, type Page, Precondition, ResourceId } from '#http';
import type { AttendeeCaller } from '../attendees/attendee-caller.js';
import { CurrentCaller } from '../attendees/current-caller.js';
import { BookingOrders } from './booking-orders.js';
import type { BookingView } from './booking-views.js';
import {
  type BookedResource,
  bookedAnswer,
  bookingAnswer,
  type BookingResource,
  type ListBookingsQuery,
  listBookingsQuery,
  type ListEventBookingsQuery,
  listEventBookingsQuery,
  type NewBooking,
  newBookingBody,
} from './bookings.dto.js';
import { BookingsService } from './bookings.service.js';

/** Shared caches know that `Authorization` makes an answer private, but not that `X-Attendee-Token` does. */
const PRIVATE = 'private, no-cache';
const WITH_SECRET = { 'Cache-Control': 'no-store' };

const present = ({ resource, version, revision }: BookingView): Answer<BookingResource> =>
  answer(resource, { version, revision, headers: { 'Cache-Control': PRIVATE } });

const resourceOf = ({ resource }: BookingView): BookingResource => resource;

@ApiTags('Bookings')
@Controller('v1')
export class BookingsController {
  constructor(
    private readonly orders: BookingOrders,
    private readonly bookings: BookingsService,
  ) {}

  @Post('events/:id/bookings')
  @Endpoint({
    summary: 'Book seats of an event',
    description:
      'For an attendee that the caller manages, for somebody registered at once, or, where nobody is named, for the caller. All of the seats are booked or none. With `waitlist: true` a booking that cannot be confirmed now waits; seats that get free go to those who wait, first come, first served.',
    access: 'anyone',
    status: 201,
    answers: bookedAnswer,
    errors: [
      'unauthenticated',
      'forbidden',
      'not-found',
      'event-full',
      'already-booked',
      'event-not-bookable',
      'conflict',
      'unavailable',
    ],
  })
  async book(
    @ResourceId() bookingId: string,
    @Id() eventId: string,
    @Body({ schema: newBookingBody }) body: NewBooking,
    @CurrentCaller() caller: AttendeeCaller,
  ): Promise<Answer<BookedResource>> {
    const { view, attendeeToken } = await this.orders.placeOrder(bookingId, eventId, body, caller);
    const { resource, version, revision } = view;
    const head = { version, revision, location: `/v1/bookings/${resource.id}`, headers: WITH_SECRET };
    return answer({ ...resource, ...(attendeeToken === undefined ? {} : { attendee_token: attendeeToken }) }, head);
  }

  @Get('events/:id/bookings')
  @Endpoint({
    summary: 'List the bookings of an event',
    description: 'Newest first; for the creator of the event and admins.',
    answersPageOf: bookingAnswer,
    errors: ['forbidden', 'not-found'],
  })
  async listOfEvent(
    @Id() eventId: string,
    @Query({ schema: listEventBookingsQuery }) query: ListEventBookingsQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<BookingResource>> {
    return mapPage(await this.bookings.listEventBookings(eventId, query, principal), resourceOf);
  }

  @Get('bookings')
  @Header('Cache-Control', PRIVATE)
  @Endpoint({
    summary: 'List bookings',
    description:
      'Newest first: those of the attendees that one has registered, oneself among them, or of the attendee whose token is sent.',
    access: 'anyone',
    answersPageOf: bookingAnswer,
    errors: ['unauthenticated', 'forbidden'],
  })
  async list(
    @Query({ schema: listBookingsQuery }) query: ListBookingsQuery,
    @CurrentCaller() caller: AttendeeCaller,
  ): Promise<Page<BookingResource>> {
    return mapPage(await this.bookings.listBookings(query, caller), resourceOf);
  }

  @Get('bookings/:id')
  @Endpoint({
    summary: 'Get a booking',
    description: 'For its owner, the creator of the event, and admins; nobody else finds it.',
    access: 'anyone',
    answers: bookingAnswer,
    errors: ['forbidden', 'not-found'],
  })
  async get(@Id() id: string, @CurrentCaller() caller: AttendeeCaller): Promise<Answer<BookingResource>> {
    return present(await this.bookings.getBooking(id, caller));
  }

  @Post('bookings/:id/cancel')
  @Endpoint({
    summary: 'Cancel a booking',
    description: 'Its seats are free at once. Canceling what is canceled already changes nothing.',
    access: 'anyone',
    answers: bookingAnswer,
    errors: ['forbidden', 'not-found', 'already-checked-in', 'precondition-failed'],
  })
  async cancel(
    @Id() id: string,
    @CurrentCaller() caller: AttendeeCaller,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<BookingResource>> {
    return present(await this.bookings.cancelBooking(id, { caller, precondition }));
  }

  @Post('bookings/:id/check-in')
  @Endpoint({
    summary: 'Check a booking in',
    description: 'Once; for the creator of the event and admins.',
    answers: bookingAnswer,
    errors: ['forbidden', 'not-found', 'already-checked-in', 'booking-not-confirmed', 'precondition-failed'],
  })
  async checkIn(
    @Id() id: string,
    @CurrentCaller() caller: AttendeeCaller,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<BookingResource>> {
    return present(await this.bookings.checkIn(id, { caller, precondition }));
  }
}
