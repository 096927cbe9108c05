import DataLoader from 'dataloader';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, QueryFilter } from 'mongoose';
import { type Keyset, keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { UsherError } from '#kernel';
import { trustedFilter } from '#persistence';
import { type BookingState, isLive } from './booking.js';
import { BOOKING, type BookingDocument } from './bookings.schema.js';

export const toDocument = ({ id, ...state }: BookingState): BookingDocument => ({
  _id: id,
  ...state,
  live: isLive(state),
});

const toState = ({ _id, live: _, ...document }: BookingDocument): BookingState => ({ id: _id, ...document });

/** What a request for seats may collide with. */
export interface Claim {
  id: string;
  attendee_id: string;
  email_key: string;
}

interface Claims {
  eventId: string;
  claims: readonly Claim[];
}

export type BookingFilter = QueryFilter<BookingDocument>;

const NEWEST_FIRST: Keyset = { field: 'created_at', direction: -1, type: 'date' };
export const OLDEST_FIRST: Keyset = { ...NEWEST_FIRST, direction: 1 };

/** What changes of a booking; its address changes beside this, until it lets go of it. */
const progressOf = ({ event, status, live, cancellation_reason, version, updated_at, ...rest }: BookingDocument) => ({
  ...{ event, status, live, cancellation_reason, version, updated_at },
  ...{ canceled_at: rest.canceled_at, checked_in_at: rest.checked_in_at },
  ...(live ? {} : { email_key: null }),
});

/** The stored bookings. */
@Injectable()
export class BookingsRepository {
  /** Asked about many events at once, MongoDB is asked once. */
  private readonly collisions = new DataLoader<Claims, BookingState[]>((asked) => this.collidingWith(asked), {
    cache: false,
  });

  constructor(@InjectModel(BOOKING) private readonly bookings: Model<BookingDocument>) {}

  async find(id: string): Promise<BookingState | undefined> {
    const document = await this.bookings.findById(id).lean<BookingDocument>();
    return document === null ? undefined : toState(document);
  }

  async page(filter: BookingFilter, request: PageRequest, order = NEWEST_FIRST): Promise<Page<BookingState>> {
    const page = keysetQuery<BookingDocument>(order, request);
    const documents = await this.bookings
      .find(trustedFilter({ $and: [filter, page.filter] }))
      .sort(page.sort)
      .limit(page.limit)
      .lean<BookingDocument[]>();
    return mapPage(page.toPage(documents), toState);
  }

  /** Live bookings of the event by any of these attendees or addresses, and whatever has one of the ids. */
  async colliding(eventId: string, claims: readonly Claim[]): Promise<BookingState[]> {
    return this.collisions.load({ eventId, claims });
  }

  /** The first `limit` of those who wait for an event and ask for no more than `maxSeats`. */
  async waiting(eventId: string, maxSeats: number, limit: number): Promise<BookingState[]> {
    const documents = await this.bookings
      .find(trustedFilter({ 'event.id': eventId, status: 'waitlisted' as const, seats: { $lte: maxSeats } }))
      .sort({ waitlist_ticket: 1 })
      .limit(limit)
      .lean<BookingDocument[]>();
    return documents.map(toState);
  }

  /** Up to `limit` of those who wait for an event and ask for more than `maxSeats`. */
  async waitingForMore(eventId: string, maxSeats: number, limit: number): Promise<BookingState[]> {
    const documents = await this.bookings
      .find(trustedFilter({ 'event.id': eventId, status: 'waitlisted' as const, seats: { $gt: maxSeats } }))
      .sort({ waitlist_ticket: 1 })
      .limit(limit)
      .lean<BookingDocument[]>();
    return documents.map(toState);
  }

  /** The ticket behind everyone who waits for an event. */
  async nextTicket(eventId: string): Promise<number> {
    const last = await this.bookings
      .findOne({ 'event.id': eventId, status: 'waitlisted' }, { waitlist_ticket: 1 })
      .sort({ waitlist_ticket: -1 })
      .lean<Pick<BookingDocument, 'waitlist_ticket'>>();
    return (last?.waitlist_ticket ?? 0) + 1;
  }

  /** Up to `limit` of an event's bookings that wait or are confirmed. */
  async cancelable(eventId: string, limit: number): Promise<BookingState[]> {
    const documents = await this.bookings
      .find(trustedFilter({ 'event.id': eventId, live: true, status: { $in: ['confirmed', 'waitlisted'] as const } }))
      .limit(limit)
      .lean<BookingDocument[]>();
    return documents.map(toState);
  }

  /** An attendee's live bookings. */
  async liveOf(attendeeId: string): Promise<BookingState[]> {
    const documents = await this.bookings.find({ attendee_id: attendeeId, live: true }).lean<BookingDocument[]>();
    return documents.map(toState);
  }

  /**
   * How many stand in line up to each of `ids`, itself included, in the waitlist of its event; what does not wait is
   * missing.
   */
  async waitlistPositions(eventIds: readonly string[], ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.bookings.aggregate<{ _id: string; position: number }>([
      { $match: { 'event.id': { $in: eventIds }, status: 'waitlisted' } },
      {
        $setWindowFields: {
          partitionBy: '$event.id',
          sortBy: { waitlist_ticket: 1 },
          output: { position: { $documentNumber: {} } },
        },
      },
      { $match: { _id: { $in: ids } } },
      { $project: { position: 1 } },
    ]);
    return new Map(rows.map(({ _id, position }) => [_id, position]));
  }

  /** Throws MongoDB's duplicate key error where an attendee or an address has a live booking already. */
  async insertMany(bookings: readonly BookingState[]): Promise<void> {
    if (bookings.length > 0) await this.bookings.insertMany(bookings.map(toDocument), { lean: true });
  }

  /** Writes bookings over the version before of each; throws a retryable `conflict` where one has changed meanwhile. */
  async updateMany(bookings: readonly BookingState[]): Promise<void> {
    if (bookings.length === 0) return;
    const { matchedCount } = await this.bookings.bulkWrite(
      bookings.map((booking) => ({
        updateOne: {
          filter: { _id: booking.id, version: booking.version - 1 },
          update: { $set: progressOf(toDocument(booking)) },
        },
      })),
    );
    if (matchedCount !== bookings.length)
      throw new UsherError('conflict', 'A booking has been changed meanwhile.', { retryable: true });
  }

  /** Puts another address in the place of an attendee's, or none, wherever it keeps others from booking. */
  async updateEmail(attendeeId: string, emailKey: string | null): Promise<void> {
    await this.bookings.updateMany({ attendee_id: attendeeId, live: true }, { $set: { email_key: emailKey } });
  }

  private async collidingWith(asked: readonly Claims[]): Promise<BookingState[][]> {
    const ids = asked.flatMap(({ claims }) => claims.map(({ id }) => id));
    const conditions = asked.flatMap(({ eventId, claims }) => [
      { 'event.id': eventId, live: true, attendee_id: { $in: claims.map(({ attendee_id }) => attendee_id) } },
      { 'event.id': eventId, email_key: { $in: claims.map(({ email_key }) => email_key) } },
    ]);
    const documents = await this.bookings
      .find(trustedFilter({ $or: [...conditions, { _id: { $in: ids } }] }))
      .lean<BookingDocument[]>();
    const bookings = documents.map(toState);
    return asked.map(({ eventId, claims }) =>
      bookings.filter(({ id, event }) => event.id === eventId || claims.some((claim) => claim.id === id)),
    );
  }
}
