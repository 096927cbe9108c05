import { inBatches } from '#kernel';
import type { BookingDocument } from '../bookings/bookings.schema.js';
import { bookingsProjection, seatsByEvent, withAddress } from '../bookings/bookings.projection.js';
import { eventsProjection, type SeatCounts, withSeats } from '../events/events.projection.js';
import type { EventDocument } from '../events/events.schema.js';
import type { Projection, Row, Sources } from './projection.js';
import { BATCH } from './replay.js';
import { sideBySide } from './side-by-side.js';

/** All that can be rebuilt, in the order in which one needs the other. */
export const PROJECTIONS: readonly Projection[] = [
  { ...bookingsProjection, complete: addAddresses },
  { ...eventsProjection, complete: addSeats },
];

const NO_SEATS: SeatCounts = { booked_seats: 0, waitlist_length: 0, seats_version: 0 };

async function* addSeats(events: AsyncIterable<EventDocument>, sources: Sources): AsyncGenerator<EventDocument> {
  const counts = sources.rows<Row & SeatCounts>(bookingsProjection.collection, seatsByEvent);
  for await (const [event, seats] of sideBySide(events, counts))
    if (event !== undefined) yield withSeats(event, seats ?? NO_SEATS);
}

/** Addresses are not in the log: they are those of the attendees, who are in no log and cannot be rebuilt. */
async function* addAddresses(
  bookings: AsyncIterable<BookingDocument>,
  sources: Sources,
): AsyncGenerator<BookingDocument> {
  for await (const batch of inBatches(bookings, BATCH)) {
    const ids = batch.filter(({ live }) => live).map(({ attendee_id }) => attendee_id);
    const addresses = new Map<string, string>();
    const found = [{ $match: { _id: { $in: ids } } }, { $project: { email: 1 } }];
    for await (const { _id, email } of sources.rows<Row & { email: string }>('attendees', found))
      addresses.set(_id, email);
    yield* batch.map((booking) => withAddress(booking, addresses.get(booking.attendee_id)));
  }
}
