import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bookingData, type Person, person, reminderData } from '../../test/messages.js';
import type { Happening } from './happening.js';
import { announcementOf } from './recipients.js';
import { type BookedFollow, Standings } from './standings.js';
import { type Announced, tell } from './telling.js';

const [ada, bob, cyd] = [person('ada'), person('bob'), person('cyd')];
const event = { id: '66ef00000000000000000001', by: ada };
/** Bookings are what most of it is about. */
const STEPS = ['book', 'book', 'cancel', 'cancel', 'ask', 'unfollow', 'remind', 'commit'] as const;
const at = new Date('2026-11-20T10:00:00.000Z');

/** Follows as the database would keep them from batch to batch, and who is reminded at which position. */
class Intake {
  readonly follows = new Map<string, BookedFollow | undefined>();
  readonly reminded: string[] = [];
  private batch: Announced[] = [];
  private position = 0;

  take(happening: Happening): number {
    this.position += 1;
    this.batch.push({ position: this.position, archivedAt: at, announcement: announcementOf(happening, at)! });
    return this.position;
  }

  commit(): void {
    const standings = new Standings();
    for (const [userId, follow] of this.follows) standings.of(event.id).know(userId, follow);
    const { told, outdated, booked } = tell(this.batch, standings);
    this.batch = [];
    for (const { userId } of outdated) this.follows.delete(userId);
    for (const { userId, follow } of booked) {
      expect(this.follows.has(userId)).toBe(false);
      this.follows.set(userId, follow);
    }
    for (const { userId, announced } of told)
      if (announced.announcement.rule.as === 'event.reminder') this.reminded.push(`${userId} of ${announced.position}`);
  }
}

/**
 * What people do, and who ought to be reminded: who has asked to follow, or made a live booking since they unfollowed.
 */
class People {
  readonly expected: string[] = [];
  private readonly asked = new Set<Person>();
  private live: { id: string; owner: Person; sinceUnfollowed: boolean }[] = [];
  private made = 0;

  constructor(private readonly intake: Intake) {}

  readonly steps = {
    book: (owner: Person): void => {
      this.made += 1;
      const booking = { id: `b${this.made}`, owner, sinceUnfollowed: true };
      this.live.push(booking);
      this.intake.take({ type: 'usher.booking.confirmed', data: bookingData('confirmed', { event, ...booking }) });
    },
    cancel: (who: Person, nth: number): void => {
      const own = this.live.filter(({ owner }) => owner === who);
      const booking = own[nth % Math.max(own.length, 1)];
      if (booking === undefined) return;
      this.live = this.live.filter((other) => other !== booking);
      this.intake.take({ type: 'usher.booking.canceled', data: bookingData('canceled', { event, ...booking }) });
    },
    ask: (who: Person): void => {
      this.intake.commit();
      this.intake.follows.set(who.id, undefined);
      this.asked.add(who);
    },
    unfollow: (who: Person): void => {
      this.intake.commit();
      this.intake.follows.delete(who.id);
      this.asked.delete(who);
      for (const booking of this.live) if (booking.owner === who) booking.sinceUnfollowed = false;
    },
    remind: (): void => {
      const position = this.intake.take({ type: 'usher.event.reminder', data: reminderData(event) });
      for (const who of this.followers()) this.expected.push(`${who.id} of ${position}`);
    },
    commit: (): void => {
      this.intake.commit();
    },
  };

  followers(): Person[] {
    const booked = this.live.filter(({ sinceUnfollowed }) => sinceUnfollowed).map(({ owner }) => owner);
    return [bob, cyd].filter((who) => this.asked.has(who) || booked.includes(who));
  }
}

it('in every batching, who has canceled all their bookings hears no more, unless they have asked to follow', () => {
  const step = fc.tuple(fc.constantFrom(...STEPS), fc.constantFrom(bob, cyd), fc.nat(2));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const intake = new Intake();
      const people = new People(intake);
      for (const [name, who, nth] of steps) people.steps[name](who, nth);
      people.steps.remind();
      intake.commit();
      expect(intake.reminded.toSorted()).toEqual(people.expected.toSorted());
      expect([...intake.follows.keys()].toSorted()).toEqual(
        people
          .followers()
          .map(({ id }) => id)
          .toSorted(),
      );
    }),
    { numRuns: 500 },
  );
});
