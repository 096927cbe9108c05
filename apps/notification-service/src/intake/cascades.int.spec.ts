import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Envelope } from '#contracts';
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

const EVERYBODY = [ada, bob, cyd];

/** What happens around one event, step by step, and who then ought to hear of its end, and how. */
class Story {
  private readonly sent: Envelope[] = [];
  private taken = 0;
  private readonly following = new Set<Person>();
  /** The owners of bookings that are live. */
  private readonly live: Person[] = [];
  private readonly cascades = new Map<string, Person>();
  private heard: Set<Person> | undefined;

  constructor(private readonly end: 'canceled' | 'deleted') {}

  readonly steps = {
    follow: async (who: Person): Promise<void> => {
      await this.takeIn();
      await bed.follows.follow(who.id, event.id);
      this.following.add(who);
    },
    unfollow: async (who: Person): Promise<void> => {
      await this.takeIn();
      await bed.follows.unfollow(who.id, event.id);
      this.following.delete(who);
    },
    /** After the event's end too: a booking's message may be overtaken by its event's. */
    book: (who: Person): void => {
      this.sent.push(booked(who));
      this.live.push(who);
      this.following.add(who);
    },
    cancelBooking: (who: Person): void => {
      if (this.heard !== undefined || !this.live.includes(who)) return;
      this.live.splice(this.live.indexOf(who), 1);
      this.sent.push(bed.booked('canceled', { event, owner: who }));
    },
    cascade: (): void => {
      const owner = this.heard === undefined ? undefined : this.live.shift();
      if (owner === undefined) return;
      const id = newId();
      this.cascades.set(id, owner);
      this.sent.push(bed.booked('canceled', { event, owner, id, reason: `event-${this.end}` }));
    },
    takeIn: async (): Promise<void> => this.takeIn(),
  };

  endEvent(): void {
    this.sent.push(bed.changed(this.end, event));
    this.heard = new Set([event.by, ...this.following]);
  }

  /** Brings the cascade to its end, takes in what is left, and then everything once more. */
  async finish(): Promise<void> {
    while (this.live.length > 0) this.steps.cascade();
    await this.takeIn();
    await bed.intake.commit(this.sent);
  }

  expectedFor(who: Person): string[] {
    if (this.heard?.has(who) === true) return [`event.${this.end}`];
    return [...this.cascades.values()].includes(who) ? ['booking.canceled'] : [];
  }

  async toldTo(who: Person): Promise<string[]> {
    return (await bed.historyOf(who))
      .filter(
        ({ notification_type: type, booking }) => type === `event.${this.end}` || this.cascades.has(booking?.id ?? ''),
      )
      .map(({ notification_type: type }) => type);
  }

  private async takeIn(): Promise<void> {
    const waiting = this.sent.slice(this.taken);
    this.taken = this.sent.length;
    if (waiting.length > 0) await bed.intake.commit(waiting);
  }
}

describe('in any order and in any batches', () => {
  const STEPS = ['follow', 'unfollow', 'book', 'cancelBooking', 'cascade', 'takeIn'] as const;
  const steps = fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.constantFrom(...EVERYBODY)), { maxLength: 15 });

  it('nobody hears twice of one end, and nobody concerned hears nothing', async () => {
    const end = fc.constantFrom('canceled' as const, 'deleted' as const);
    await fc.assert(
      fc.asyncProperty(end, steps, steps, async (how, before, after) => {
        await bed.clear();
        const story = new Story(how);
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
