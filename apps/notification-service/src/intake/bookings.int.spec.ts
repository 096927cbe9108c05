import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { IntakeBed } from './testing/intake-bed.js';
import { attendeeData, type EventBy, person } from '../../test/messages.js';

let bed: IntakeBed;
beforeAll(async () => {
  bed = await IntakeBed.start();
});
afterAll(async () => {
  await bed.close();
});

const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
let event: EventBy;
beforeEach(async () => {
  await bed.clear();
  event = { id: newId(), by: ada };
});

describe('of a booking', () => {
  it('its owner and the creator of the event are told, once each, and nobody else', async () => {
    await bed.follows.follow(eve.id, event.id);
    const id = newId();
    const batch = (['waitlisted', 'promoted', 'checked_in', 'canceled'] as const).map((action) =>
      bed.booked(action, { event, owner: bob, id }),
    );
    await bed.intake.commit(batch);
    await bed.intake.commit(batch);
    const types = ['booking.waitlisted', 'booking.promoted', 'booking.checked_in', 'booking.canceled'];
    expect(await bed.toldTo(bob)).toEqual(types);
    expect(await bed.toldTo(ada)).toEqual(types);
    expect(await bed.toldTo(eve)).toEqual([]);
    expect((await bed.historyOf(bob)).at(-2)).toEqual({
      type: 'notification',
      notification_type: 'booking.promoted',
      event: { id: event.id, title: 'Analytical evening', action: 'promoted', timestamp: '2026-11-20T10:00:00.000Z' },
      booking: { id, status: 'confirmed' },
      user: 'system',
    });
  });

  it('a creator who books their own event is told once', async () => {
    await bed.intake.commit([bed.booked('confirmed', { event, owner: ada })]);
    expect(await bed.toldTo(ada)).toEqual(['booking.confirmed']);
  });

  it('by somebody without an account, the creator is told', async () => {
    await bed.intake.commit([bed.booked('confirmed', { event, owner: null })]);
    expect(await bed.toldTo(ada)).toEqual(['booking.confirmed']);
    expect(await bed.followersOf(event)).toEqual([]);
  });

  it('of what its attendee does besides, nobody is told', async () => {
    const batch = (['registered', 'updated', 'removed'] as const).map((action) =>
      bed.message(`usher.attendee.${action}`, attendeeData(bob)),
    );
    expect(await bed.intake.commit(batch)).toMatchObject({ upTo: 3, notifications: [] });
  });
});

describe('following by booking', () => {
  it('has the owner hear of what becomes of the event', async () => {
    await bed.intake.commit([bed.booked('confirmed', { event, owner: bob })]);
    await bed.intake.commit([bed.booked('waitlisted', { event, owner: eve }), bed.changed('updated', event)]);
    await bed.intake.commit([bed.reminded(event)]);
    expect(await bed.toldTo(bob)).toEqual(['booking.confirmed', 'event.updated', 'event.reminder']);
    expect(await bed.toldTo(eve)).toEqual(['booking.waitlisted', 'event.updated', 'event.reminder']);
  });

  it('follows once, however often somebody books', async () => {
    const { created_at } = await bed.follows.follow(bob.id, event.id);
    bed.daysPass(1);
    const more = (): ReturnType<typeof bed.booked> => bed.booked('confirmed', { event, owner: bob });
    await bed.intake.commit([more(), more(), bed.booked('confirmed', { event, owner: eve })]);
    await bed.intake.commit([more()]);
    expect((await bed.followersOf(event)).toSorted()).toEqual([bob.id, eve.id].toSorted());
    expect((await bed.follows.list(bob.id, { limit: 10 })).data[0]?.created_at).toEqual(created_at);
  });

  it('ends with unfollowing, until the next booking; a redelivery is none', async () => {
    const first = bed.booked('confirmed', { event, owner: bob });
    await bed.intake.commit([first]);
    await bed.follows.unfollow(bob.id, event.id);
    await bed.intake.commit([first, bed.changed('updated', event), bed.reminded(event)]);
    expect(await bed.toldTo(bob)).toEqual(['booking.confirmed']);
    await bed.intake.commit([bed.booked('confirmed', { event, owner: bob }), bed.changed('updated', event)]);
    expect(await bed.toldTo(bob)).toEqual(['booking.confirmed', 'booking.confirmed', 'event.updated']);
  });

  it('does not bring back the follows of a deleted event, however late the message comes', async () => {
    await bed.intake.commit([bed.changed('deleted', event)]);
    bed.daysPass(200);
    await bed.retention.sweep();
    await bed.intake.commit([bed.booked('confirmed', { event, owner: bob })]);
    const other = { id: newId(), by: ada };
    await bed.intake.commit([bed.changed('deleted', other), bed.booked('confirmed', { event: other, owner: bob })]);
    expect(await bed.toldTo(bob)).toEqual(['booking.confirmed', 'booking.confirmed']);
    expect((await bed.follows.list(bob.id, { limit: 10 })).data).toEqual([]);
  });

  it('gets along with people who follow and unfollow at the same time', async () => {
    const people = Array.from({ length: 40 }, (_, index) => person(`p${index}`));
    await Promise.all([
      ...[people.slice(0, 25), people.slice(15)].map(async (owners) =>
        bed.intake.commit(owners.map((owner) => bed.booked('confirmed', { event, owner }))),
      ),
      ...people.map(async ({ id }) => bed.follows.follow(id, event.id)),
    ]);
    expect((await bed.followersOf(event)).toSorted()).toEqual(people.map(({ id }) => id).toSorted());
  });
});
