import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BookingState, SeatRequest } from './booking.js';
import { aRequest } from './testing/given.js';
import { Reference } from './testing/reference.js';
import { ticketOf, World } from './testing/world.js';

const MINUTE = 60_000;
const origin = Date.parse('2026-11-20T10:00:00.000Z');

/** Of few people, fewer addresses and not many ids, so that they meet. */
const request: fc.Arbitrary<SeatRequest> = fc
  .record({
    n: fc.nat(40),
    who: fc.nat(24),
    address: fc.nat(20),
    seats: fc.integer({ min: 1, max: 4 }),
    waitlist: fc.constantFrom(true, true, false),
  })
  .map(({ n, who, address, seats, waitlist }) =>
    aRequest(`attendee ${who}`, { id: `booking ${n}`, email_key: `address ${address}`, seats, waitlist }),
  );
/** Which of the bookings that there are. */
const nth = fc.nat(1_000);
const capacity = fc.integer({ min: 1, max: 12 });

type Step =
  | { do: 'ask'; requests: SeatRequest[] }
  | { do: 'cancel' | 'check in'; nth: number }
  | { do: 'promote' | 'call off' }
  | { do: 'resize'; capacity: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      requests: fc.array(request, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 16, arbitrary: fc.record({ do: fc.constant('cancel' as const), nth }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('check in' as const), nth }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('promote' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('resize' as const), capacity }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('call off' as const) }) },
);
/** Steps, each by a clock that may lag behind the one before. */
const script = fc.tuple(capacity, fc.array(fc.tuple(step, fc.nat(60)), { minLength: 12, maxLength: 30 }));

/** Does a step in the real world and by the reference, and says what came of it in both. */
function take(step: Step, world: World, reference: Reference, now: Date): { real: unknown; expected: unknown } {
  switch (step.do) {
    case 'ask':
      return { real: world.ask(step.requests, now), expected: step.requests.map((one) => reference.ask(one)) };
    case 'cancel': {
      const id = world.nth(step.nth);
      return { real: world.cancel(id, now), expected: !reference.came.has(id) && reference.giveUp(id) };
    }
    case 'check in': {
      const id = world.nth(step.nth);
      const comes = reference.seated.has(id) && !reference.came.has(id);
      if (comes) reference.came.add(id);
      return { real: world.checkIn(id, now), expected: comes };
    }
    case 'promote':
      return { real: world.promote(now), expected: reference.serveLine() };
    case 'resize': {
      const { capacity: present, taken } = reference;
      const real = world.setCapacity(step.capacity, now);
      if (present === undefined) return { real, expected: real };
      if (step.capacity >= taken) reference.capacity = step.capacity;
      return { real, expected: step.capacity >= taken };
    }
    case 'call off':
      reference.callOff();
      return { real: world.callOff(now), expected: undefined };
  }
}

/** Runs scripts, and checks the world after every step. */
const holds = (check: (world: World, before: BookingState[], step: Step) => void): void =>
  fc.assert(
    fc.property(script, ([capacity, steps]) => {
      const [world, reference] = [new World(capacity), new Reference(capacity)];
      for (const [step, minutes] of steps) {
        const before = [...world.bookings.values()];
        const { real, expected } = take(step, world, reference, new Date(origin + minutes * MINUTE));
        expect({ step: step.do, came: real }).toEqual({ step: step.do, came: expected });
        check(world, before, step);
      }
    }),
  );

const sum = (bookings: readonly BookingState[]): number => bookings.reduce((all, { seats }) => all + seats, 0);
const isSeated = ({ status }: BookingState): boolean => status === 'confirmed' || status === 'checked_in';

describe('whatever is asked of an event’s seats, in whatever order', () => {
  it('no seat is sold twice, and none is lost', () => {
    holds(({ event, ...world }) => {
      const seated = [...world.bookings.values()].filter(isSeated);
      expect(event.booked_seats).toBe(sum(seated));
      expect(event.booked_seats).toBeLessThanOrEqual(event.max_attendees ?? Infinity);
    });
  });

  it('the line is as long as it is said to be, and no two have one place', () => {
    holds((world) => {
      expect(world.event.waitlist_length).toBe(world.line.length);
      expect(new Set(world.line.map(ticketOf)).size).toBe(world.line.length);
    });
  });

  it('who comes later stands behind, and nobody who is served overtakes one who could have been', () => {
    holds((world, before, step) => {
      const waited = before.filter(({ status }) => status === 'waitlisted');
      const newcomers = [...world.bookings.values()].filter(({ id }) => !before.some((one) => one.id === id));
      for (const newcomer of newcomers)
        if (newcomer.status === 'waitlisted')
          expect(ticketOf(newcomer)).toBeGreaterThan(Math.max(0, ...waited.map(ticketOf)));
        else expect(waited).toEqual([]);
      if (step.do !== 'promote') return;
      const max = world.event.max_attendees ?? Infinity;
      const left = world.line.find(({ seats }) => seats <= max);
      const served = waited.filter(({ id }) => world.bookings.get(id)?.status === 'confirmed');
      for (const one of served) expect(ticketOf(one)).toBeLessThan(left === undefined ? Infinity : ticketOf(left));
      if (left !== undefined && world.event.status === 'scheduled')
        expect(left.seats).toBeGreaterThan(max - world.event.booked_seats);
    });
  });

  it('nobody has two live bookings, neither as an attendee nor by address', () => {
    holds((world) => {
      const live = world.all(({ status }) => status !== 'canceled');
      expect(new Set(live.map(({ attendee_id }) => attendee_id)).size).toBe(live.length);
      expect(new Set(live.map(({ email_key }) => email_key)).size).toBe(live.length);
    });
  });

  it('whoever has come stays, and nobody comes back from a cancellation', () => {
    holds((world, before) => {
      const final = before.filter(({ status }) => status === 'checked_in' || status === 'canceled');
      expect(final.map(({ id }) => world.bookings.get(id))).toEqual(final);
    });
  });

  it('versions count the changes, of each booking and of the seats, and time never runs backwards', () => {
    holds((world) => {
      const moving = world.history.filter(({ type }) => type !== 'usher.booking.checked_in');
      expect(world.event.seats_version).toBe(moving.length);
      const wrong = world.history.filter(
        ({ before, booking }) =>
          booking.version !== (before?.version ?? 0) + 1 || booking.updated_at < (before?.updated_at ?? 0),
      );
      expect(wrong).toEqual([]);
    });
  });
});
