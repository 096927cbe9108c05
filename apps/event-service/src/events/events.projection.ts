import { parseData } from '#contracts';
import type { LogEntry } from '#persistence';
import type { EventChange, EventState } from './event.js';
import { fromResource } from './event-resource.js';
import { toDocument, toState } from './events.repository.js';
import { type EventDocument, eventSchema } from './events.schema.js';

/** What bookings make of an event, whose own stream does not tell of them. */
export type SeatCounts = Pick<EventState, 'booked_seats' | 'waitlist_length' | 'seats_version'>;

/**
 * How `events` follows from the log: every entry carries the whole event, so the newest of a stream is the document, but
 * for the seats, which are those of that moment.
 */
export const eventsProjection = {
  collection: 'events',
  schema: eventSchema,
  streams: 'event/',
  project(newest: LogEntry): EventDocument | undefined {
    const type = newest.type as EventChange['type'];
    const { event } = parseData(type, newest.data, newest.dataschema);
    return type === 'usher.event.deleted' ? undefined : toDocument(fromResource(event));
  },
};

/** The event with these seats, and what follows from them. */
export const withSeats = (event: EventDocument, { booked_seats, waitlist_length, seats_version }: SeatCounts) =>
  toDocument({ ...toState(event), booked_seats, waitlist_length, seats_version });
