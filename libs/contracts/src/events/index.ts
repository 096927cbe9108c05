import type { z } from 'zod';
import { attendeeChangedV1 } from './attendee.js';
import { bookingChangedV1 } from './booking.js';
import { eventChangedV1, eventReminderV1 } from './event.js';
import { forwardingRequestedV1 } from './forwarding.js';
import type { Upcaster } from './upcasting.js';
import { userRegisteredV1 } from './user.js';
import { workflowNotifiedV1 } from './workflow.js';

/**
 * Every type that Usher itself publishes, with the Zod schema of each version of its `data`, oldest first. A compatible
 * change edits the last; an incompatible one appends a version and an upcaster from the one before.
 */
export const EVENT_TYPES = {
  'usher.event.created': [eventChangedV1],
  'usher.event.updated': [eventChangedV1],
  'usher.event.canceled': [eventChangedV1],
  'usher.event.completed': [eventChangedV1],
  'usher.event.deleted': [eventChangedV1],
  'usher.event.reminder': [eventReminderV1],
  'usher.booking.confirmed': [bookingChangedV1],
  'usher.booking.waitlisted': [bookingChangedV1],
  'usher.booking.promoted': [bookingChangedV1],
  'usher.booking.canceled': [bookingChangedV1],
  'usher.booking.checked_in': [bookingChangedV1],
  'usher.attendee.registered': [attendeeChangedV1],
  'usher.attendee.updated': [attendeeChangedV1],
  'usher.attendee.removed': [attendeeChangedV1],
  'usher.user.registered': [userRegisteredV1],
  'usher.workflow.notified': [workflowNotifiedV1],
  'usher.forwarding.requested': [forwardingRequestedV1],
} as const;

export type UsherEventType = keyof typeof EVENT_TYPES;
type Newest<Versions extends readonly z.ZodType[]> = Versions extends readonly [
  ...z.ZodType[],
  infer Last extends z.ZodType,
]
  ? Last
  : never;

/** A type's data, in its newest version. */
export type UsherEventData<T extends UsherEventType> = z.infer<Newest<(typeof EVENT_TYPES)[T]>>;

/** The upcasters of each type that has more than one version, from the first on. */
export const UPCASTERS: Partial<Record<UsherEventType, readonly Upcaster[]>> = {};

export const isUsherEventType = (type: string): type is UsherEventType => Object.hasOwn(EVENT_TYPES, type);

/** Where the schema of a type's data is served, as in the envelope's `dataschema`: the newest version where none is named. */
export const dataschemaOf = (type: UsherEventType, version: number = EVENT_TYPES[type].length): string =>
  `/v1/schemas/${type}/versions/${version}`;
