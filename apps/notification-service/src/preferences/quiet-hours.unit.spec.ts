import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { endOfQuiet, type QuietHours } from './quiet-hours.js';

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;

const quiet = (from: string, to: string, timezone = 'Europe/Berlin'): QuietHours => ({
  from,
  to,
  timezone,
  mode: 'queue',
});
const endOf = (hours: QuietHours, now: string): string | undefined => endOfQuiet(hours, new Date(now))?.toISOString();

describe('quiet hours', () => {
  it.each([
    ['across midnight, before it', '22:00', '07:00', '2026-11-20T22:30:00Z', '2026-11-21T06:00:00.000Z'],
    ['across midnight, after it', '22:00', '07:00', '2026-11-21T00:30:00Z', '2026-11-21T06:00:00.000Z'],
    ['at their first instant', '22:00', '07:00', '2026-11-20T21:00:00Z', '2026-11-21T06:00:00.000Z'],
    ['at their last', '22:00', '07:00', '2026-11-21T05:59:59.999Z', '2026-11-21T06:00:00.000Z'],
    ['just over', '22:00', '07:00', '2026-11-21T06:00:00Z', undefined],
    ['not yet', '22:00', '07:00', '2026-11-20T20:59:59.999Z', undefined],
    ['within one day', '12:00', '13:30', '2026-11-20T11:15:10.500Z', '2026-11-20T12:30:00.000Z'],
    ['none at all', '08:00', '08:00', '2026-11-20T07:00:00Z', undefined],
  ])('%s', (_, from, to, now, expected) => {
    expect(endOf(quiet(from, to), now)).toBe(expected);
  });

  it.each([
    ['a night that is an hour shorter', '22:00', '07:00', '2026-03-28T22:00:00Z', '2026-03-29T05:00:00.000Z'],
    ['a night that is an hour longer', '22:00', '07:00', '2026-10-24T21:00:00Z', '2026-10-25T06:00:00.000Z'],
    ['clocks put forward over their end', '01:00', '02:30', '2026-03-29T00:10:00Z', '2026-03-29T01:00:00.000Z'],
    ['clocks put back before their end', '01:00', '02:30', '2026-10-25T00:20:00Z', '2026-10-25T00:30:00.000Z'],
    ['clocks put back into them', '01:00', '02:30', '2026-10-25T01:10:00Z', '2026-10-25T01:30:00.000Z'],
    ['clocks put back out of them', '02:45', '03:15', '2026-10-25T00:50:00Z', '2026-10-25T01:00:00.000Z'],
  ])('through %s', (_, from, to, now, expected) => {
    expect(endOf(quiet(from, to), now)).toBe(expected);
  });

  it('end at the first instant that clocks show to be outside, wherever and whenever', () => {
    const zones = [
      'UTC',
      'Europe/Lisbon',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'America/St_Johns',
    ];
    // Around the changes of clocks in those zones, and far from them.
    const days = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01', '2026-12-24'];
    const halfHour = fc.integer({ min: 0, max: 47 }).map((count) => clock(count * 30));
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...days),
        fc.integer({ min: -1_440, max: 1_440 }),
        halfHour,
        halfHour,
        (zone, day, minutes, from, to) => {
          const now = new Date(Date.parse(day) + minutes * MINUTE_MS);
          expect(endOfQuiet(quiet(from, to, zone), now)).toEqual(byLooking(from, to, zone, now));
        },
      ),
      { numRuns: 400 },
    );
  });
});

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** What looking at the clock every quarter of an hour finds: on them fall half hours, and changes, in all those zones. */
function byLooking(from: string, to: string, zone: string, now: Date): Date | undefined {
  const isQuiet = (at: number): boolean => {
    const shown = DateTime.fromMillis(at, { zone }).toFormat('HH:mm');
    return from <= to ? shown >= from && shown < to : shown >= from || shown < to;
  };
  let at = now.getTime();
  while (isQuiet(at)) at += QUARTER_MS - (at % QUARTER_MS);
  return at === now.getTime() ? undefined : new Date(at);
}
