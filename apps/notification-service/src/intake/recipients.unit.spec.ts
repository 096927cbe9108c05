import { describe, expect, it } from '@jest/globals';
import type { Envelope, EventChangedV1 } from '#contracts';
import { newId } from '#kernel';
import { announce, isAnnounced, recipientsOf } from './recipients.js';

const creator = { id: newId(), username: 'ada' };
const data: EventChangedV1 = {
  event: {
    id: newId(),
    title: 'Analytical evening',
    description: '',
    location: 'London',
    country: null,
    timezone: 'UTC',
    start_time: '2027-01-01T18:00:00.000Z',
    end_time: '2027-01-01T20:00:00.000Z',
    tags: [],
    max_attendees: null,
    status: 'scheduled',
    attachment_url: null,
    coordinates: null,
    created_by: creator,
    booked_seats: 0,
    seats_left: null,
    waitlist_length: 0,
    version: 1,
    created_at: '2026-11-20T10:00:00.000Z',
    updated_at: '2026-11-20T10:00:00.000Z',
  },
  changed: [],
  actor: creator,
};
const envelope = (type: string): Envelope => ({
  specversion: '1.0',
  id: newId(),
  source: '/event-service',
  type,
  time: '2026-11-20T11:00:00.123+01:00',
  data,
});

describe('who is told of what', () => {
  it('tells everyone of a new event, in exactly the shape of the contract', () => {
    const announcement = announce('usher.event.created', envelope('usher.event.created'), data);
    expect(announcement.audience).toEqual({ everyone: true });
    expect(announcement.payload).toEqual({
      type: 'notification',
      notification_type: 'event.created',
      event: {
        id: data.event.id,
        title: 'Analytical evening',
        action: 'created',
        timestamp: '2026-11-20T10:00:00.123Z',
      },
      user: 'ada',
    });
  });

  it.each(['updated', 'canceled', 'completed', 'deleted'] as const)('tells followers and creator of %s', (action) => {
    const type = `usher.event.${action}` as const;
    const announcement = announce(type, envelope(type), data);
    expect(announcement.type).toBe(`event.${action}`);
    expect(announcement.audience).toEqual({ everyone: false, eventId: data.event.id, creatorId: creator.id });
  });

  it('calls what Usher does by itself the work of "system"', () => {
    const bySystem = { ...data, actor: { id: null, username: 'system' } };
    expect(announce('usher.event.completed', envelope('usher.event.completed'), bySystem).payload.user).toBe('system');
  });

  it('tells nobody twice', () => {
    expect(recipientsOf('a', ['b', 'a', 'b'])).toEqual(['a', 'b']);
  });

  it('announces no registration and no foreign event', () => {
    expect(isAnnounced('usher.user.registered')).toBe(false);
    expect(isAnnounced('com.acme.order.placed')).toBe(false);
    expect(isAnnounced('toString')).toBe(false);
  });
});
