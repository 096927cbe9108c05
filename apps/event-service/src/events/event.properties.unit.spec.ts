import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EVENT_STATUSES, eventSchema } from '#contracts';
import { UsherError } from '#kernel';
import { cancelEvent, completeEvent, createEvent, type Decision, type EventState, updateEvent } from './event.js';
import { type DetailsPatch, patchedDetails } from './event-details.js';
import { fromResource, toResource } from './event-resource.js';

const HOUR = 3_600_000;
const origin = Date.parse('2026-11-20T10:00:00.000Z');
const hour = (n: number): Date => new Date(origin + n * HOUR);

const patch = fc.record(
  {
    title: fc.string({ minLength: 1, maxLength: 100 }),
    location: fc.constantFrom('France', 'Deutschland', 'Berlin', 'US'),
    country: fc.constantFrom(null, 'FR', 'JP'),
    start_time: fc.integer({ min: -5, max: 60 }).map(hour),
    end_time: fc.integer({ min: -5, max: 60 }).map(hour),
    tags: fc.option(fc.subarray(['jazz', 'late'])),
    max_attendees: fc.option(fc.integer({ min: 1, max: 50 })),
    status: fc.constantFrom(...EVENT_STATUSES),
    coordinates: fc.constantFrom(null, { type: 'Point' as const, coordinates: [13.4, 52.5] as [number, number] }),
  },
  { requiredKeys: [] },
);
type Command = (state: EventState, now: Date) => Decision;
const patching =
  (given: DetailsPatch): Command =>
  (state, now) =>
    updateEvent(state, patchedDetails(state, given), now);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: patch.map(patching) },
  { weight: 1, arbitrary: fc.constant(cancelEvent) },
  { weight: 2, arbitrary: fc.constant(completeEvent) },
);
/** Commands of any kind, each at a clock that may lag or leap, on an event with some seats booked. */
const life = fc.tuple(
  fc.integer({ min: 0, max: 20 }),
  fc.array(fc.tuple(command, fc.integer({ min: 0, max: 48 })), { maxLength: 12 }),
);

function* live([booked_seats, commands]: [number, [Command, number][]]): Generator<[EventState, Decision]> {
  const details = { description: '', location: 'Berlin', country: null, timezone: 'UTC', tags: [], coordinates: null };
  const times = { start_time: hour(24), end_time: hour(26) };
  const own = { title: 'T', max_attendees: 20, status: 'scheduled' as const, attachment_url: null };
  const creator = { id: 'a'.repeat(24), username: 'ada' };
  let { state } = createEvent({ id: 'e'.repeat(24), creator, details: { ...details, ...times, ...own } }, hour(0));
  state = { ...state, booked_seats };
  for (const [decide, clock] of commands) {
    try {
      const decision = decide(state, hour(clock));
      yield [state, decision];
      state = decision.state;
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
    }
  }
}

const holds = (check: (before: EventState, decision: Decision) => void): void =>
  fc.assert(
    fc.property(life, (script) => {
      for (const [before, decision] of live(script)) check(before, decision);
    }),
  );

describe('whatever is asked of an event, in whatever order', () => {
  it('versions count the changes, without a gap', () => {
    holds((before, { state, change }) => expect(state.version - before.version).toBe(change === null ? 0 : 1));
  });

  it('time never runs backwards', () => {
    holds((before, { state }) =>
      expect(state.updated_at.getTime()).toBeGreaterThanOrEqual(before.updated_at.getTime()),
    );
  });

  it('it ends after it starts, and nobody who booked loses a seat', () => {
    holds((_, { state }) => {
      expect(state.end_time.getTime()).toBeGreaterThan(state.start_time.getTime());
      expect(state.booked_seats).toBeLessThanOrEqual(state.max_attendees ?? Infinity);
    });
  });

  it('no status is left but scheduled', () => {
    holds((before, { state }) => expect(before.status === 'scheduled' || state.status === before.status).toBe(true));
  });

  it('what it says has changed is exactly what has', () => {
    const own = new Set(['version', 'updated_at']);
    holds((before, { state, change }) => {
      const keys = Object.keys(state) as (keyof EventState)[];
      const differing = keys.filter(
        (key) => !own.has(key) && JSON.stringify(before[key]) !== JSON.stringify(state[key]),
      );
      expect(differing.sort()).toEqual([...(change?.changed ?? [])].sort());
    });
  });

  it('it can be told to the world and read back', () => {
    holds((_, { state }) => {
      expect(eventSchema.parse(toResource(state))).toEqual(toResource(state));
      expect(fromResource(toResource(state))).toEqual(state);
    });
  });
});
