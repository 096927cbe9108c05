import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import { IntakeBed } from './testing/intake-bed.js';
import { STEPS, Story } from './testing/story.js';
import { type EventBy, type Person, person } from '../../test/messages.js';

let bed: IntakeBed;
beforeAll(async () => {
  bed = await IntakeBed.start();
});
afterAll(async () => {
  await bed.close();
});

const [ada, bob, cyd] = [person('ada'), person('bob'), person('cyd')];
let event: EventBy;
beforeEach(async () => {
  await bed.clear();
  event = { id: newId(), by: ada };
});

const booked = (owner: Person): Envelope => bed.booked('confirmed', { event, owner });
const cascaded = (owner: Person | null, end: 'canceled' | 'deleted' = 'canceled'): Envelope =>
  bed.booked('canceled', { event, owner, reason: `event-${end}` });

/** What a person has been told, but for the bookings that were made. */
const toldLater = async (who: Person): Promise<string[]> =>
  (await bed.toldTo(who)).filter((type) => type !== 'booking.confirmed');

describe.each(['canceled', 'deleted'] as const)('an event that is %s', (end) => {
  it('is told of once to an owner of three bookings, who follows it', async () => {
    await bed.intake.commit([booked(bob), booked(bob), booked(bob)]);
    await bed.intake.commit([bed.changed(end, event), cascaded(bob, end)]);
    await bed.intake.commit([cascaded(bob, end)]);
    await bed.intake.commit([cascaded(bob, end), cascaded(null, end)]);
    expect(await toldLater(bob)).toEqual([`event.${end}`]);
    expect(await toldLater(ada)).toEqual([`event.${end}`]);
  });

  it('is told of once, with the first booking, to an owner who has unfollowed', async () => {
    await bed.intake.commit([booked(bob), booked(bob), booked(bob), booked(cyd)]);
    await bed.follows.unfollow(bob.id, event.id);
    await bed.intake.commit([bed.changed(end, event)]);
    await bed.intake.commit([cascaded(bob, end), cascaded(cyd, end), cascaded(bob, end)]);
    await bed.intake.commit([cascaded(bob, end)]);
    expect(await toldLater(bob)).toEqual(['booking.canceled']);
    expect(await toldLater(cyd)).toEqual([`event.${end}`]);
    expect(await toldLater(ada)).toEqual([`event.${end}`]);
  });

  it('is told of to an owner whose booking came in after it', async () => {
    await bed.intake.commit([bed.changed(end, event), booked(bob), cascaded(bob, end)]);
    expect(await toldLater(bob)).toEqual(['booking.canceled']);
  });

  it('is told of once to a creator who has booked', async () => {
    await bed.intake.commit([booked(ada), bed.changed(end, event)]);
    await bed.intake.commit([cascaded(ada, end)]);
    expect(await toldLater(ada)).toEqual([`event.${end}`]);
  });

  it('is told of although an earlier booking of it was canceled on request', async () => {
    await bed.intake.commit([booked(bob), booked(bob), bed.booked('canceled', { event, owner: bob })]);
    await bed.follows.unfollow(bob.id, event.id);
    await bed.intake.commit([bed.changed(end, event)]);
    await bed.intake.commit([cascaded(bob, end)]);
    expect(await toldLater(bob)).toEqual(['booking.canceled', 'booking.canceled']);
  });

  it('is told of whatever became of another event', async () => {
    const other = { id: newId(), by: ada };
    await bed.follows.follow(bob.id, other.id);
    await bed.intake.commit([bed.changed(end, other), cascaded(bob, end)]);
    expect(await toldLater(bob)).toEqual([`event.${end}`, 'booking.canceled']);
  });
});

it('an event that is canceled and then deleted is two things to its followers, and one to an owner who has unfollowed', async () => {
  await bed.intake.commit([booked(bob), booked(cyd), booked(cyd)]);
  await bed.follows.unfollow(cyd.id, event.id);
  await bed.intake.commit([bed.changed('canceled', event), cascaded(bob), cascaded(cyd)]);
  await bed.intake.commit([bed.changed('deleted', event), cascaded(cyd, 'deleted')]);
  expect(await toldLater(bob)).toEqual(['event.canceled', 'event.deleted']);
  expect(await toldLater(cyd)).toEqual(['booking.canceled']);
});

it('a booking that goes with its attendee is told of as if somebody had asked for it', async () => {
  const removed = bed.booked('canceled', { event, owner: bob, reason: 'attendee-removed' });
  await bed.intake.commit([booked(bob), removed, bed.changed('canceled', event)]);
  expect(await toldLater(bob)).toEqual(['booking.canceled', 'event.canceled']);
  expect(await toldLater(ada)).toEqual(['booking.canceled', 'event.canceled']);
});

it('finds by an index who knows of an end, and which events are deleted', async () => {
  const other = { id: newId(), by: ada };
  await bed.intake.commit([booked(bob), bed.changed('canceled', event), bed.changed('deleted', other)]);
  const examined = async (collection: string, filter: object, projection = {}): Promise<unknown> => {
    const plan = await bed.connection.collection(collection).find(filter, { projection }).explain('executionStats');
    return plan['executionStats'] as unknown;
  };
  const ids = { $in: [event.id, other.id, newId()] };
  const aware = { end_of: ids, user_id: { $in: [bob.id] } };
  expect(await examined('notifications', aware, { _id: 0, end_of: 1, user_id: 1 })).toMatchObject({
    nReturned: 1,
    totalDocsExamined: 0,
  });
  const deletions = { type: 'usher.event.deleted', 'envelope.data.event.id': ids };
  expect(await examined('archive', deletions)).toMatchObject({ nReturned: 1, totalDocsExamined: 1 });
});

describe('in any order and in any batches', () => {
  const EVERYBODY = [ada, bob, cyd];
  const steps = fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.constantFrom(...EVERYBODY)), { maxLength: 20 });

  it('everybody hears of what they follow and of nothing more, and once of its end who is concerned', async () => {
    const end = fc.constantFrom('canceled' as const, 'deleted' as const);
    await fc.assert(
      fc.asyncProperty(end, steps, steps, async (how, before, after) => {
        await bed.clear();
        const story = new Story(bed, event, EVERYBODY, how);
        for (const [step, who] of before) await story.steps[step](who);
        story.endEvent();
        for (const [step, who] of after) await story.steps[step](who);
        await story.finish();
        for (const who of EVERYBODY)
          expect([who.username, ...(await story.toldTo(who))]).toEqual([who.username, ...story.expectedFor(who)]);
      }),
      { numRuns: 80 },
    );
  });
});
