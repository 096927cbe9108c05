import type { NotificationPayload } from '#contracts';

const event = { id: '66ef1a2b3c4d5e6f70819201', title: 'Launch party' };

/** What people are told, for the documents: of an event, of bookings, and by Usher itself; each by what it shows. */
export const NOTIFICATION_EXAMPLES = {
  'An event has been changed': {
    type: 'notification',
    notification_type: 'event.updated',
    event: { ...event, action: 'updated', timestamp: '2026-11-20T10:00:00.000Z' },
    user: 'ada',
  },
  'Somebody has booked': {
    type: 'notification',
    notification_type: 'booking.confirmed',
    event: { ...event, action: 'confirmed', timestamp: '2026-11-20T10:05:00.000Z' },
    booking: { id: '66ef1a2b3c4d5e6f70819301', status: 'confirmed' },
    user: 'grace',
  },
  'A seat has come free for who was waiting': {
    type: 'notification',
    notification_type: 'booking.promoted',
    event: { ...event, action: 'promoted', timestamp: '2026-11-21T08:30:00.000Z' },
    booking: { id: '66ef1a2b3c4d5e6f70819302', status: 'confirmed' },
    user: 'system',
  },
  'An event is about to begin': {
    type: 'notification',
    notification_type: 'event.reminder',
    event: { ...event, action: 'reminder', timestamp: '2026-12-01T17:00:00.000Z' },
    user: 'system',
  },
  'A workflow says something': {
    type: 'notification',
    notification_type: 'workflow.message',
    event: {
      id: '66ef1a2b3c4d5e6f70819801',
      title: 'Your order waits for payment',
      action: 'message',
      timestamp: '2026-12-02T09:00:00.000Z',
    },
    message: 'Order 7 is kept for another hour.',
    user: 'system',
  },
} as const satisfies Record<string, NotificationPayload>;
