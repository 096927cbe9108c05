import { parseData } from '#contracts';
import type { LogEntry } from '#persistence';
import type { EventChange } from './event.js';
import { fromResource } from './event-resource.js';
import { toDocument } from './events.repository.js';
import { type EventDocument, eventSchema } from './events.schema.js';

/**
 * How `events` follows from the log: every entry carries the whole event, so the newest of a stream is the document.
 * Seats are part of it as they were then: what is booked without an entry in the event's own stream has to be added here
 * from the entries that tell of it.
 */
export const eventsProjection = {
  collection: 'events',
  schema: eventSchema,
  /** The streams that it is made from, by the beginning of their names. */
  streams: 'event/',
  /** The document after `newest`; undefined where it is gone. */
  project(newest: LogEntry): EventDocument | undefined {
    const type = newest.type as EventChange['type'];
    const { event } = parseData(type, newest.data);
    return type === 'usher.event.deleted' ? undefined : toDocument(fromResource(event));
  },
};
