import { describe, expect, it } from '@jest/globals';
import { type CancellationReason, EVENT_TYPES, type NotificationType, SYSTEM_ACTOR } from '#contracts';
import {
  attendeeData,
  type BookingAction,
  bookingData,
  type BookingOf,
  changedData,
  person,
  reminderData,
} from '../../test/messages.js';
import type { Happening } from './happening.js';
import { announcementOf, type Listeners, recipientsOf } from './recipients.js';

const [creator, owner, follower] = [person('ada'), person('bob'), person('cyd')];
const event = { id: '66ef00000000000000000001', by: creator };
const at = new Date('2026-11-20T10:00:00.123Z');

type EventAction = 'created' | 'updated' | 'canceled' | 'completed' | 'deleted';

const changed = (action: EventAction, actor = creator): Happening => ({
  type: `usher.event.${action}`,
  data: { ...changedData(event.id, creator), actor },
});
const reminder: Happening = { type: 'usher.event.reminder', data: reminderData(event) };
const forwarding = {
  forwarder: 'adeventsx' as const,
  event: {
    event_id: 'evt-1',
    user_id: owner.id,
    event_name: 'purchase',
    event_time_epoch: 1_795_161_600,
    value: '19.99',
    campaign_id: 'autumn',
  },
};
const booking = (action: BookingAction, of: Partial<BookingOf> = {}): Happening => ({
  type: `usher.booking.${action}`,
  data: bookingData(action, { event, owner, ...of }),
});
const canceledBecause = (reason: CancellationReason): Happening => booking('canceled', { reason });

const message: Happening = {
  type: 'usher.workflow.notified',
  data: {
    workflow: { id: '66ef00000000000000000002', name: 'Remind of unpaid orders' },
    run: { id: '66ef00000000000000000003' },
    users: [owner.id, follower.id, owner.id],
    event_id: null,
    title: 'Pay',
    message: 'Until ten.',
    actor: SYSTEM_ACTOR,
  },
};

const NAMES = new Map<string | null, string>([
  [null, 'everyone'],
  [creator.id, 'creator'],
  [owner.id, 'owner'],
  [follower.id, 'follower'],
]);

/** Who is told of `happening`, where `followers` follow the event and `aware` know of its end. */
function told(
  happening: Happening,
  { followers = [follower.id], aware = [] as string[] } = {},
): (string | undefined)[] {
  const announcement = announcementOf(happening, at);
  const listeners: Listeners = { followers: new Set(followers), awareOfEnd: new Set(aware) };
  return announcement === undefined ? [] : recipientsOf(announcement, listeners).map((userId) => NAMES.get(userId));
}

/** Given a creator, an owner and a follower: when this happens, then this is told to these. */
const CASES: [what: string, Happening, NotificationType | null, people: string[]][] = [
  ['a new event', changed('created'), 'event.created', ['everyone']],
  ['an update', changed('updated'), 'event.updated', ['creator', 'follower']],
  ['a completion', changed('completed'), 'event.completed', ['creator', 'follower']],
  ['a cancellation', changed('canceled'), 'event.canceled', ['creator', 'follower']],
  ['a deletion', changed('deleted'), 'event.deleted', ['creator', 'follower']],
  ['a reminder', reminder, 'event.reminder', ['follower']],
  ['a confirmed booking', booking('confirmed'), 'booking.confirmed', ['creator', 'owner']],
  ['a booking on the waitlist', booking('waitlisted'), 'booking.waitlisted', ['creator', 'owner']],
  ['a promotion', booking('promoted'), 'booking.promoted', ['creator', 'owner']],
  ['a check-in', booking('checked_in'), 'booking.checked_in', ['creator', 'owner']],
  ['a booking canceled on request', canceledBecause('requested'), 'booking.canceled', ['creator', 'owner']],
  [
    'a booking canceled with its attendee',
    canceledBecause('attendee-removed'),
    'booking.canceled',
    ['creator', 'owner'],
  ],
  ['a booking canceled with its event', canceledBecause('event-canceled'), 'booking.canceled', ['owner']],
  ['a booking canceled with its deleted event', canceledBecause('event-deleted'), 'booking.canceled', ['owner']],
  ['a registered attendee', { type: 'usher.attendee.registered', data: attendeeData(owner) }, null, []],
  ['a changed attendee', { type: 'usher.attendee.updated', data: attendeeData(owner) }, null, []],
  ['a removed attendee', { type: 'usher.attendee.removed', data: attendeeData(owner) }, null, []],
  ['a message of a workflow', message, 'workflow.message', ['owner', 'follower']],
  ['a registered user', { type: 'usher.user.registered', data: { user: owner } }, null, []],
  ['what goes to a system outside', { type: 'usher.forwarding.requested', data: forwarding }, null, []],
];

describe('who is told', () => {
  it.each(CASES)('of %s', (_, happening, type, people) => {
    expect(announcementOf(happening, at)?.payload.notification_type ?? null).toBe(type);
    expect(told(happening)).toEqual(people);
  });

  it('is decided for every type that Usher publishes', () => {
    expect(new Set(CASES.map(([, { type }]) => type))).toEqual(new Set(Object.keys(EVENT_TYPES)));
  });

  it('once each, whoever they are besides', () => {
    expect(told(changed('updated'), { followers: [creator.id, follower.id] })).toEqual(['creator', 'follower']);
    expect(told(booking('confirmed', { owner: creator }))).toEqual(['creator']);
    expect(told(reminder, { followers: [creator.id] })).toEqual(['creator']);
  });

  it('of a booking that nobody with an account made: the creator', () => {
    expect(told(booking('confirmed', { owner: null }))).toEqual(['creator']);
    expect(told(booking('canceled', { owner: null, reason: 'event-canceled' }))).toEqual([]);
  });

  it('of a booking that went with its event: nobody who has heard of that', () => {
    for (const reason of ['event-canceled', 'event-deleted'] as const) {
      expect(told(canceledBecause(reason), { aware: [owner.id] })).toEqual([]);
      expect(told(canceledBecause(reason), { aware: [follower.id] })).toEqual(['owner']);
      expect(told(booking('canceled', { owner: creator, reason }))).toEqual([]);
    }
    expect(told(canceledBecause('requested'), { aware: [owner.id] })).toEqual(['creator', 'owner']);
  });
});

describe('what is told', () => {
  it('of an event, in exactly the shape of the contract', () => {
    expect(announcementOf(changed('updated'), at)!.payload).toEqual({
      type: 'notification',
      notification_type: 'event.updated',
      event: { id: event.id, title: 'Analytical evening', action: 'updated', timestamp: '2026-11-20T10:00:00.123Z' },
      user: 'ada',
    });
  });

  it('of a workflow, what it says, about the event that it names or else as the run', () => {
    const payload = {
      type: 'notification',
      notification_type: 'workflow.message',
      event: {
        id: '66ef00000000000000000003',
        title: 'Pay',
        action: 'message',
        timestamp: '2026-11-20T10:00:00.123Z',
      },
      message: 'Until ten.',
      user: 'system',
    };
    expect(announcementOf(message, at)!.payload).toEqual(payload);
    const about = { ...message, data: { ...message.data, event_id: event.id } } as Happening;
    expect(announcementOf(about, at)!.payload).toEqual({ ...payload, event: { ...payload.event, id: event.id } });
  });

  it('of a booking, with the booking', () => {
    expect(announcementOf(booking('checked_in', { id: 'b', actor: creator }), at)!.payload).toEqual({
      type: 'notification',
      notification_type: 'booking.checked_in',
      event: { id: event.id, title: 'Analytical evening', action: 'checked_in', timestamp: '2026-11-20T10:00:00.123Z' },
      booking: { id: 'b', status: 'checked_in' },
      user: 'ada',
    });
  });

  it('of a promotion: by the system, and that the booking is confirmed', () => {
    expect(announcementOf(booking('promoted', { id: 'b' }), at)!.payload).toMatchObject({
      notification_type: 'booking.promoted',
      event: { action: 'promoted' },
      booking: { id: 'b', status: 'confirmed' },
      user: 'system',
    });
  });

  it('of a reminder: by the system', () => {
    expect(announcementOf(reminder, at)!.payload).toMatchObject({ event: { action: 'reminder' }, user: 'system' });
  });
});
