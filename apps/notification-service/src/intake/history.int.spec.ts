import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { IntakeBed } from './testing/intake-bed.js';
import { type EventBy, person } from '../../test/messages.js';

let bed: IntakeBed;
beforeAll(async () => {
  bed = await IntakeBed.start();
});
afterAll(async () => {
  await bed.close();
});
beforeEach(async () => {
  await bed.clear();
});

const [ada, bob] = [person('ada'), person('bob')];
const newEvent = (): EventBy => ({ id: newId(), by: ada });

describe('reading', () => {
  it('counts and lists what is unread, one by one and all at once', async () => {
    await bed.intake.commit([
      bed.registered(bob),
      ...Array.from({ length: 5 }, () => bed.changed('created', newEvent())),
    ]);
    const [newest, , third] = (await bed.notifications.history(bob.id, { limit: 100 })).data;
    await bed.notifications.markRead(bob.id, newest!._id);
    await bed.notifications.markRead(bob.id, third!._id);
    await bed.notifications.markRead(bob.id, third!._id);
    expect(await bed.notifications.unreadCount(bob.id)).toBe(3);
    const first = await bed.notifications.history(bob.id, { limit: 2, unread: true });
    const rest = await bed.notifications.history(bob.id, { limit: 2, unread: true, cursor: first.next_cursor! });
    expect([...first.data, ...rest.data].map(({ position }) => position)).toEqual([5, 3, 2]);
    expect(rest.next_cursor).toBeNull();
    await bed.notifications.markAllRead(bob.id);
    expect(await bed.notifications.unreadCount(bob.id)).toBe(0);
    await bed.intake.commit([bed.changed('created', newEvent())]);
    expect(await bed.notifications.unreadCount(bob.id)).toBe(1);
  });

  it('hides another user’s notification', async () => {
    await bed.intake.commit([bed.registered(ada), bed.registered(bob), bed.changed('updated', newEvent())]);
    const [adas] = (await bed.notifications.history(ada.id, { limit: 1 })).data;
    await expect(bed.notifications.markRead(bob.id, adas!._id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('chooses and counts those of bookings and reminders as it does the others', async () => {
    const event = newEvent();
    await bed.intake.commit([
      bed.booked('waitlisted', { event, owner: bob }),
      bed.booked('promoted', { event, owner: bob }),
      bed.changed('updated', event),
      bed.reminded(event),
    ]);
    expect(await bed.notifications.unreadCount(bob.id)).toBe(4);
    for (const type of ['booking.waitlisted', 'booking.promoted', 'event.reminder'] as const) {
      const { data } = await bed.notifications.history(bob.id, { limit: 10, type });
      expect(data.map((notification) => notification.type)).toEqual([type]);
    }
  });
});

describe('retention', () => {
  it('forgets what is too old and says up to where', async () => {
    await bed.intake.commit([
      bed.registered(bob),
      bed.changed('created', newEvent()),
      bed.changed('created', newEvent()),
    ]);
    bed.daysPass(60);
    await bed.intake.commit([bed.changed('created', newEvent())]);
    bed.daysPass(31);
    expect(await bed.retention.sweep()).toBe(2);
    expect(await bed.toldTo(bob)).toHaveLength(1);
    expect(await bed.notifications.goneThrough(bob.id)).toBe(3);
    expect(await bed.notifications.goneThrough(newId())).toBe(0);
  });
});
