import type { NotificationType } from '#contracts';
import type { TemplateChannel } from '../template.js';
import { isBookingType, type TemplateData } from './template-data.js';

const STATUS_AFTER: Partial<Record<NotificationType, 'waitlisted' | 'canceled' | 'checked_in'>> = {
  'booking.waitlisted': 'waitlisted',
  'booking.canceled': 'canceled',
  'booking.checked_in': 'checked_in',
};

const EVENT = { id: '66ef1a2b3c4d5e6f70819201', title: 'Analytical evening', timestamp: '2026-11-20T10:05:00.000Z' };
const DETAILS = {
  description: 'Engines, and tea',
  location: 'Rua da Escola Politécnica 56, Lisbon',
  country: 'PT',
  timezone: 'Europe/Lisbon',
  start_time: '2026-12-04T18:00:00.000Z',
  end_time: '2026-12-04T21:00:00.000Z',
  max_attendees: 40,
  seats_left: 12,
};
const BOOKING = { id: '66ef1a2b3c4d5e6f70819301', seats: 2, code: '7KQ2MXR4TP' };
const LINKS = {
  event: 'https://usher.example/events/66ef1a2b3c4d5e6f70819201',
  unsubscribe: 'https://usher.example/unsubscribe/example',
};

const actionOf = (type: NotificationType): string => type.slice(type.indexOf('.') + 1);

/** What previews show where nothing else is given: all that a template of this type can ask for. */
export function exampleData(type: NotificationType, channel: TemplateChannel): TemplateData {
  const ofBooking = isBookingType(type);
  const ofWorkflow = type === 'workflow.message';
  return {
    event: ofWorkflow ? { ...EVENT, action: 'message' } : { ...EVENT, ...DETAILS, action: actionOf(type) },
    ...(ofBooking ? { booking: { ...BOOKING, status: STATUS_AFTER[type] ?? 'confirmed' } } : {}),
    user: 'grace',
    ...(type === 'workflow.message'
      ? { message: 'The doors open half an hour earlier.\nPlease bring your code.' }
      : {}),
    reader: { name: 'ada', ...(ofBooking ? { booked: true } : {}) },
    ...(channel === 'email' ? { links: ofWorkflow ? { unsubscribe: LINKS.unsubscribe } : LINKS } : {}),
  };
}
