import type { Envelope, EventResource, NotificationType } from '#contracts';
import { newId } from '#kernel';
import { type BookingAction, bookingData, changedData, person } from '../../../test/messages.js';
import type { TemplateData } from '../../templates/data/template-data.js';
import type { Facts } from '../enrichment.js';

export const by = person('grace');

/** An event as event-service has it now. */
export const eventNow = (id: string): EventResource => ({
  ...changedData(id, by).event,
  location: 'Lisbon',
  timezone: 'Europe/Lisbon',
  start_time: '2026-12-04T18:00:00.000Z',
  end_time: '2026-12-04T21:00:00.000Z',
});

const envelopeOf = (type: string, data: object): Envelope => ({
  specversion: '1.0',
  id: newId(),
  source: '/event-service',
  type,
  data,
});

function carried(type: NotificationType, id: string): TemplateData {
  const action = type.slice(type.indexOf('.') + 1);
  return {
    event: { id, title: 'Analytical evening', action, timestamp: '2026-11-20T10:05:00.000Z' },
    user: by.username,
    reader: { name: 'ada' },
  };
}

/** What is known of an event that has been changed so. */
export function factsOfEvent(action: 'created' | 'updated' | 'canceled' | 'deleted', id = newId()): Facts {
  const { event, ...rest } = changedData(id, by);
  const data = { ...rest, event: { ...event, start_time: '2026-12-01T08:00:00.000Z' } };
  return { data: carried(`event.${action}`, id), envelope: envelopeOf(`usher.event.${action}`, data) };
}

/** What is known of a booking for an event. */
export function factsOfBooking(action: BookingAction, eventId = newId()): Facts {
  const data = bookingData(action, { event: { id: eventId, by }, owner: person('ada') });
  const { id, status } = data.booking;
  return {
    data: { ...carried(`booking.${action}`, eventId), booking: { id, status } },
    envelope: envelopeOf(`usher.booking.${action}`, data),
  };
}
