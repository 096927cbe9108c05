import {
  type Actor,
  type BookingChangedV1,
  dataschemaOf,
  type Envelope,
  type EventResource,
  type NotificationMeta,
  SYSTEM_ACTOR,
  type UsherEventData,
  type UsherEventType,
} from '#contracts';
import { NOTIFICATION_EXAMPLES } from '../notifications/examples.js';
import type { MessageExample } from './document.js';

const ADA = { id: '66ef1a2b3c4d5e6f70819001', username: 'ada' } satisfies Actor;
const GRACE = { id: '66ef1a2b3c4d5e6f70819002', username: 'grace' } satisfies Actor;
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const EVENT: EventResource = {
  id: '66ef1a2b3c4d5e6f70819201',
  title: 'Launch party',
  description: 'Drinks, and a demonstration',
  location: 'Turin',
  country: 'IT',
  timezone: 'Europe/Rome',
  start_time: '2026-12-01T18:00:00.000Z',
  end_time: '2026-12-01T22:00:00.000Z',
  tags: ['launch'],
  max_attendees: 100,
  status: 'scheduled',
  attachment_url: null,
  coordinates: { type: 'Point', coordinates: [7.6869, 45.0703] },
  created_by: ADA,
  booked_seats: 0,
  seats_left: 100,
  waitlist_length: 0,
  version: 1,
  created_at: '2026-11-20T10:00:00.000Z',
  updated_at: '2026-11-20T10:00:00.000Z',
};

const event = (change: Partial<EventResource>, changed: string[] = []): UsherEventData<'usher.event.updated'> => ({
  event: { ...EVENT, ...change },
  changed,
  actor: ADA,
});

const booking = (
  change: Partial<BookingChangedV1['booking']>,
  more: Partial<BookingChangedV1> = {},
): BookingChangedV1 => ({
  booking: {
    id: '66ef1a2b3c4d5e6f70819301',
    attendee_id: '66ef1a2b3c4d5e6f70819401',
    owner_id: GRACE.id,
    seats: 1,
    status: 'confirmed',
    code: 'K7Q2M9XA',
    waitlist_ticket: null,
    cancellation_reason: null,
    version: 1,
    created_at: '2026-11-20T10:05:00.000Z',
    canceled_at: null,
    checked_in_at: null,
    ...change,
  },
  event: { id: EVENT.id, title: EVENT.title, start_time: EVENT.start_time, created_by: ADA },
  seats_left: 99,
  actor: GRACE,
  ...more,
});

const attendee = { attendee: { id: '66ef1a2b3c4d5e6f70819401' }, event_ids: [EVENT.id], actor: GRACE };

/** The data of one message of each type. */
const DATA: { [T in UsherEventType]: UsherEventData<T> } = {
  'usher.event.created': event({}),
  'usher.event.updated': event({ location: 'Milan', version: 2 }, ['location']),
  'usher.event.canceled': event({ status: 'canceled', version: 3 }, ['status']),
  'usher.event.completed': { ...event({ status: 'completed', version: 3 }, ['status']), actor: SYSTEM_ACTOR },
  'usher.event.deleted': event({ version: 3 }),
  'usher.event.reminder': { event: EVENT, minutes_before: 60, actor: SYSTEM_ACTOR },
  'usher.booking.confirmed': booking({}),
  'usher.booking.waitlisted': booking({ status: 'waitlisted', waitlist_ticket: 4 }, { seats_left: 0 }),
  'usher.booking.promoted': booking({ waitlist_ticket: 4, version: 2 }, { seats_left: 0, actor: SYSTEM_ACTOR }),
  'usher.booking.canceled': booking(
    { status: 'canceled', cancellation_reason: 'event-canceled', version: 2, canceled_at: '2026-11-25T09:00:00.000Z' },
    { seats_left: 100, actor: SYSTEM_ACTOR },
  ),
  'usher.booking.checked_in': booking(
    { status: 'checked_in', version: 2, checked_in_at: '2026-12-01T18:05:00.000Z' },
    { actor: ADA },
  ),
  'usher.attendee.registered': { ...attendee, event_ids: [] },
  'usher.attendee.updated': attendee,
  'usher.attendee.removed': attendee,
  'usher.user.registered': { user: GRACE },
  'usher.workflow.notified': {
    workflow: { id: '66ef1a2b3c4d5e6f70819701', name: 'Remind of unpaid orders' },
    run: { id: '66ef1a2b3c4d5e6f70819801' },
    users: [GRACE.id],
    event_id: null,
    title: 'Your order waits for payment',
    message: 'Order 7 is kept for another hour.',
    actor: SYSTEM_ACTOR,
  },
  'usher.forwarding.requested': {
    forwarder: 'adeventsx',
    event: {
      event_id: 'evt-1001',
      user_id: 'user-7',
      event_name: 'purchase',
      event_time_epoch: 1_795_161_600_123,
      value: '19.995',
      campaign_id: 'autumn-2026',
    },
  },
};

/** Who says so, where it is not event-service. */
const SOURCES: Partial<Record<UsherEventType, string>> = {
  'usher.forwarding.requested': '/notification-service/forwarders/adeventsx',
  'usher.workflow.notified': '/notification-service/workflows',
};

/** One message on the bus, as Usher publishes it. */
export const busExample = (type: UsherEventType): MessageExample => ({
  name: type,
  payload: {
    specversion: '1.0',
    id: '66ef1a2b3c4d5e6f70819501',
    source: SOURCES[type] ?? '/event-service',
    type,
    time: '2026-11-20T10:05:00.000Z',
    datacontenttype: 'application/json',
    dataschema: dataschemaOf(type),
    sequence: '1842',
    traceparent: TRACE,
    data: DATA[type],
  } satisfies Envelope,
});

const meta = {
  id: '66ef1a2b3c4d5e6f70819601',
  position: 1842,
  traceparent: TRACE,
  unread: 1,
} satisfies NotificationMeta;

/** As the arguments of the Socket.IO event. */
export const socketExamples: MessageExample[] = Object.entries(NOTIFICATION_EXAMPLES).map(([summary, payload]) => ({
  name: payload.notification_type,
  summary,
  payload: [payload, meta],
}));

/** As the data of a Server-Sent Event. */
export const streamExamples: MessageExample[] = Object.entries(NOTIFICATION_EXAMPLES).map(([summary, payload]) => ({
  name: payload.notification_type,
  summary,
  headers: { event: 'notification', id: String(meta.position) },
  payload: { ...meta, payload },
}));
