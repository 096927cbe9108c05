import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CancellationReason } from '#contracts';
import { newId } from '#kernel';
import { IntakeBed } from './testing/intake-bed.js';
import { type EventBy, type Person, person } from '../../test/messages.js';

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

/** What a person has been told of the event itself. */
const toldOfEvent = async (who: Person): Promise<string[]> =>
  (await bed.toldTo(who)).filter((type) => type.startsWith('event.'));

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

describe('canceling the last booking', () => {
  const made = (id: string): ReturnType<typeof bed.booked> => bed.booked('confirmed', { event, owner: bob, id });
  const canceled = (id: string, reason: CancellationReason = 'requested'): ReturnType<typeof bed.booked> =>
    bed.booked('canceled', { event, owner: bob, id, reason });

  it.each(['requested', 'attendee-removed'] as const)('ends the follow that came from it (%s)', async (reason) => {
    const [first, second] = [newId(), newId()];
    const batch = [made(first), made(second), canceled(first, reason), bed.reminded(event)];
    await bed.intake.commit(batch);
    expect(await bed.followersOf(event)).toEqual([bob.id]);
    await bed.intake.commit([bed.changed('updated', event), canceled(second, reason), bed.reminded(event)]);
    await bed.intake.commit([...batch, bed.changed('updated', event)]);
    expect(await toldOfEvent(bob)).toEqual(['event.reminder', 'event.updated']);
    expect((await bed.toldTo(bob)).filter((type) => type === 'booking.canceled')).toHaveLength(2);
    expect((await bed.follows.list(bob.id, { limit: 10 })).data).toEqual([]);
  });

  it('is not what becomes of the bookings of an event that is canceled', async () => {
    const id = newId();
    await bed.intake.commit([made(id), bed.changed('canceled', event), canceled(id, 'event-canceled')]);
    await bed.intake.commit([bed.changed('deleted', event)]);
    expect(await toldOfEvent(bob)).toEqual(['event.canceled', 'event.deleted']);
  });

  it.each(['before', 'after'] as const)('leaves who has asked to follow %s booking', async (when) => {
    const id = newId();
    if (when === 'before') await bed.follows.follow(bob.id, event.id);
    await bed.intake.commit([made(id)]);
    if (when === 'after') await bed.follows.follow(bob.id, event.id);
    await bed.intake.commit([canceled(id), bed.reminded(event)]);
    expect(await toldOfEvent(bob)).toEqual(['event.reminder']);
  });

  it('leaves a follow of which is not known where it came from', async () => {
    const [first, second] = [newId(), newId()];
    const follow = { event_id: event.id, user_id: bob.id, created_at: new Date() };
    await bed.connection.models['Follow']!.collection.insertOne({ _id: `${event.id}:${bob.id}` as never, ...follow });
    await bed.intake.commit([canceled(first), made(second)]);
    await bed.intake.commit([canceled(second), bed.reminded(event)]);
    expect(await toldOfEvent(bob)).toEqual(['event.reminder']);
  });

  it('changes nothing for who has unfollowed, until they book again', async () => {
    const [first, second] = [newId(), newId()];
    await bed.intake.commit([made(first)]);
    await bed.follows.unfollow(bob.id, event.id);
    await bed.intake.commit([made(second)]);
    await bed.intake.commit([canceled(first), bed.changed('updated', event)]);
    await bed.intake.commit([canceled(second), bed.reminded(event)]);
    expect(await toldOfEvent(bob)).toEqual(['event.updated']);
  });

  it('ends one follow, and the next booking begins another', async () => {
    const [first, second] = [newId(), newId()];
    await bed.intake.commit([made(first)]);
    bed.daysPass(1);
    await bed.intake.commit([canceled(first), made(second)]);
    expect((await bed.follows.list(bob.id, { limit: 10 })).data).toMatchObject([
      { created_at: new Date('2026-11-21T10:00:00.000Z') },
    ]);
  });

  it('gets along with people who ask to follow at the same time', async () => {
    const people = Array.from({ length: 30 }, (_, index) => ({ owner: person(`p${index}`), id: newId() }));
    const each = (action: 'confirmed' | 'canceled'): ReturnType<typeof bed.booked>[] =>
      people.map((booking) => bed.booked(action, { event, ...booking }));
    await bed.intake.commit(each('confirmed'));
    await Promise.all([
      bed.intake.commit(each('canceled')),
      ...people.slice(10).map(async ({ owner }) => bed.follows.follow(owner.id, event.id)),
    ]);
    expect((await bed.followersOf(event)).toSorted()).toEqual(
      people
        .slice(10)
        .map(({ owner }) => owner.id)
        .toSorted(),
    );
  });
});
