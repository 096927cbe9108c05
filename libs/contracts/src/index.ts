export { type Contacts, CONTACTS_PER_LOOKUP, contactsSchema } from './contacts.js';
export {
  ENVELOPE_CONTENT_TYPE,
  ENVELOPE_MAX_BYTES,
  type Envelope,
  envelopeHeadersSchema,
  envelopeSchema,
  parseData,
} from './envelope.js';
export { type AttendeeChangedV1, attendeeChangedV1 } from './events/attendee.js';
export {
  BOOKING_STATUSES,
  type BookingChangedV1,
  bookingChangedV1,
  type BookingStatus,
  bookingStatusSchema,
  type CancellationReason,
  cancellationReasonSchema,
} from './events/booking.js';
export {
  EVENT_STATUSES,
  type EventChangedV1,
  eventChangedV1,
  type EventReminderV1,
  type EventResource,
  eventSchema,
  type EventStatus,
  eventStatusSchema,
  pointSchema,
} from './events/event.js';
export { type ForwardingRequestedV1 } from './events/forwarding.js';
export {
  dataschemaOf,
  EVENT_TYPES,
  isUsherEventType,
  type UsherEventData,
  type UsherEventType,
} from './events/index.js';
export { MAX_NOTIFIED, type WorkflowNotifiedV1 } from './events/workflow.js';
export {
  NOTIFICATION_TYPES,
  type NotificationMeta,
  notificationMetaSchema,
  type NotificationPayload,
  notificationPayloadSchema,
  type NotificationType,
  notificationTypeSchema,
  streamedNotificationSchema,
} from './notification.js';
export {
  type Actor,
  actorSchema,
  GUEST_ACTOR,
  idSchema,
  isTimezone,
  localeSchema,
  SYSTEM_ACTOR,
  timestampSchema,
  timezoneSchema,
} from './primitives.js';
export { type Scope, SCOPES } from './scopes.js';
export {
  type Acknowledgement,
  acknowledgementSchema,
  type ClientMessage,
  clientMessageSchemas,
  type ClientToServerEvents,
  type GapMessage,
  gapSchema,
  type ReadyMessage,
  readySchema,
  type ServerToClientEvents,
} from './socket-events.js';
