import { Injectable, type OnModuleInit } from '@nestjs/common';
import { UsherError } from '#kernel';
import { duplicateKeyFields } from '#persistence';
import type { AttendeeBookings } from '../attendees/attendee-bookings.js';
import { AttendeesService } from '../attendees/attendees.service.js';
import { keyOf } from '../users/user.js';
import { BookingsRepository } from './bookings.repository.js';

/** What has to happen to bookings in the very transaction that changes an attendee. */
@Injectable()
export class BookingsOfAttendees implements AttendeeBookings, OnModuleInit {
  constructor(
    private readonly attendees: AttendeesService,
    private readonly bookings: BookingsRepository,
  ) {}

  onModuleInit(): void {
    this.attendees.attach(this);
  }

  async eventIds(attendeeId: string): Promise<string[]> {
    const bookings = await this.bookings.liveOf(attendeeId);
    return [...new Set(bookings.map(({ event }) => event.id))];
  }

  async emailChanged(attendeeId: string, email: string): Promise<void> {
    try {
      await this.bookings.updateEmail(attendeeId, keyOf(email));
    } catch (error) {
      if (duplicateKeyFields(error) === undefined) throw error;
      throw new UsherError('already-booked', 'Somebody with this address has booked the same event.', { cause: error });
    }
  }

  removed(attendeeId: string): Promise<void> {
    return this.bookings.updateEmail(attendeeId, null);
  }
}
