import type { EventResource } from '#contracts';

/** An event as it is told to the world, with `members` of its own. */
export const calendarEvent = (members: Partial<EventResource> = {}): EventResource => ({
  id: '65f0c0ffee65f0c0ffee65f0',
  title: 'Jazz night',
  description: 'Two sets.',
  location: 'A cellar in Berlin',
  country: 'DE',
  timezone: 'Europe/Berlin',
  start_time: '2026-11-21T19:00:00.000Z',
  end_time: '2026-11-21T22:30:00.000Z',
  tags: [],
  max_attendees: null,
  status: 'scheduled',
  attachment_url: null,
  coordinates: null,
  created_by: { id: '65f0c0ffee65f0c0ffee65f1', username: 'ada' },
  booked_seats: 0,
  seats_left: null,
  waitlist_length: 0,
  version: 1,
  created_at: '2026-11-01T08:00:00.000Z',
  updated_at: '2026-11-01T08:00:00.000Z',
  ...members,
});
