import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
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

const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
const newEvent = (): EventBy => ({ id: newId(), by: ada });

const archived = () =>
  bed.connection.collection<{ _id: number; id: string }>('archive').find().sort({ _id: 1 }).toArray();

describe('intake', () => {
  it('archives in order, without gaps, and a repetition has no effect', async () => {
    const batch = [bed.registered(ada), bed.changed('created', newEvent()), bed.changed('created', newEvent())];
    expect(await bed.intake.commit(batch)).toMatchObject({ after: 0, upTo: 3 });
    expect(await bed.intake.commit([...batch, ...batch])).toMatchObject({ after: 3, upTo: 3, notifications: [] });
    expect(await bed.archive.head()).toBe(3);
    expect(await bed.toldTo(ada)).toHaveLength(2);
  });

  it('keeps positions dense and every event once, whatever is repeated in whatever batches', async () => {
    const pool = Array.from({ length: 12 }, () => bed.changed('created', newEvent()));
    const batches = fc.array(fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 6 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(batches, async (sent) => {
        await bed.clear();
        for (const batch of sent) await bed.intake.commit(batch);
        const firstOf = [...new Set(sent.flat().map(({ id }) => id))];
        const stored = await archived();
        expect(stored.map(({ id }) => id)).toEqual(firstOf);
        expect(stored.map(({ _id }) => _id)).toEqual(firstOf.map((_, index) => index + 1));
      }),
      { numRuns: 20 },
    );
  });

  it('gives two instances that commit at once distinct positions, and each event once', async () => {
    const shared = Array.from({ length: 20 }, () => bed.changed('created', newEvent()));
    await Promise.all([shared.slice(0, 15), shared.slice(5), shared].map(async (batch) => bed.intake.commit(batch)));
    expect((await archived()).map(({ _id }) => _id)).toEqual(shared.map((_, index) => index + 1));
  });

  it('archives a foreign event and tells nobody', async () => {
    const foreign = { ...bed.changed('created', newEvent()), type: 'com.acme.order.placed', data: { total: 3 } };
    expect(await bed.intake.commit([bed.registered(ada), foreign])).toMatchObject({ upTo: 2, notifications: [] });
  });

  it('refuses data that does not fit its type, and a type of its own that it does not know', async () => {
    const wrong = { ...bed.changed('created', newEvent()), data: { event: { id: 1 } } };
    await expect(bed.intake.commit([bed.registered(ada), wrong])).rejects.toMatchObject({ code: 'validation-failed' });
    const unknown = { ...bed.changed('created', newEvent()), type: 'usher.event.exploded' };
    await expect(bed.intake.commit([unknown])).rejects.toMatchObject({ code: 'validation-failed' });
    expect(await bed.archive.head()).toBe(0);
  });
});

describe('of an event', () => {
  it('everyone is told that it is new, stored once, and only followers and creator of its changes', async () => {
    const event = newEvent();
    await bed.intake.commit([ada, bob, eve].map((user) => bed.registered(user)));
    await bed.intake.commit([bed.changed('created', event)]);
    await bed.follows.follow(bob.id, event.id);
    await bed.intake.commit([bed.changed('updated', event), bed.changed('canceled', event)]);
    expect(await bed.connection.collection('notifications').countDocuments({ type: 'event.created' })).toBe(1);
    for (const concerned of [ada, bob])
      expect(await bed.toldTo(concerned)).toEqual(['event.created', 'event.updated', 'event.canceled']);
    expect(await bed.toldTo(eve)).toEqual(['event.created']);
  });

  it('a creator who follows it is told once', async () => {
    const event = newEvent();
    await bed.follows.follow(ada.id, event.id);
    await bed.intake.commit([bed.registered(ada), bed.changed('updated', event)]);
    expect(await bed.toldTo(ada)).toEqual(['event.updated']);
  });

  it('the follows are forgotten when it is deleted, after its followers have been told', async () => {
    const event = newEvent();
    await bed.follows.follow(bob.id, event.id);
    await bed.intake.commit([bed.registered(bob), bed.changed('deleted', event)]);
    expect(await bed.toldTo(bob)).toEqual(['event.deleted']);
    expect(await bed.followersOf(event)).toEqual([]);
  });

  it('nobody is shown what everyone was told before they registered', async () => {
    await bed.intake.commit([bed.changed('created', newEvent())]);
    expect(await bed.toldTo(bob)).toEqual([]);
    await bed.intake.commit([bed.registered(bob), bed.changed('created', newEvent())]);
    expect(await bed.toldTo(bob)).toHaveLength(1);
    expect(await bed.notifications.unreadCount(bob.id)).toBe(1);
  });

  it('its followers are reminded, the creator only where they follow it', async () => {
    const event = newEvent();
    await bed.follows.follow(bob.id, event.id);
    await bed.intake.commit([bed.reminded(event)]);
    expect(await bed.toldTo(ada)).toEqual([]);
    expect(await bed.historyOf(bob)).toMatchObject([
      { notification_type: 'event.reminder', event: { id: event.id, action: 'reminder' }, user: 'system' },
    ]);
    await bed.follows.unfollow(bob.id, event.id);
    await bed.follows.follow(ada.id, event.id);
    await bed.intake.commit([bed.reminded(event)]);
    expect(await bed.toldTo(ada)).toEqual(['event.reminder']);
    expect(await bed.toldTo(bob)).toEqual(['event.reminder']);
  });
});
