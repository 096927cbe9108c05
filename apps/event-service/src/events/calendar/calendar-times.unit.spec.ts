import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tzlib_get_timezones } from 'timezones-ical-library';
import { isTimezone } from '#contracts';
import { calendarOf } from './calendar.js';
import { clockChanges } from './clock-changes.js';
import { calendarEvent } from './testing/calendar-event.js';
import { readByIcalJs, readByNodeIcal } from './testing/read-calendar.js';

const MINUTE_MS = 60_000;

const write = (timezone: string, start: Date, end: Date): string =>
  calendarOf(
    calendarEvent({ timezone, start_time: start.toISOString(), end_time: end.toISOString() }),
    'http://usher.test',
  );

/** Both readers, one of which goes by the VTIMEZONE and the other by data of its own, understand what was meant. */
function expectInstants(text: string, start: Date, end: Date): void {
  for (const read of [readByIcalJs, readByNodeIcal]) expect(read(text)).toMatchObject([{ start, end }]);
}

const startOf = (text: string): string | undefined => /BEGIN:VEVENT[^]*?(DTSTART[^\r]*)/.exec(text)?.[1];

describe('the times of an event', () => {
  it.each([
    // Berlin puts its clock forward on 29 March at 01:00 UTC, and back on 25 October at 01:00 UTC.
    ['Europe/Berlin', '2026-03-29T00:59:59Z', ';TZID=Europe/Berlin:20260329T015959'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', ';TZID=Europe/Berlin:20260329T030000'],
    ['Europe/Berlin', '2026-10-24T23:59:59Z', ';TZID=Europe/Berlin:20261025T015959'],
    ['Europe/Berlin', '2026-10-25T00:00:00Z', ':20261025T000000Z'],
    ['Europe/Berlin', '2026-10-25T00:30:00Z', ':20261025T003000Z'],
    ['Europe/Berlin', '2026-10-25T01:30:00Z', ':20261025T013000Z'],
    ['Europe/Berlin', '2026-10-25T02:00:00Z', ';TZID=Europe/Berlin:20261025T030000'],
    ['America/New_York', '2027-03-14T06:59:59Z', ';TZID=America/New_York:20270314T015959'],
    ['America/New_York', '2027-03-14T07:00:00Z', ';TZID=America/New_York:20270314T030000'],
    ['America/New_York', '2027-11-07T05:30:00Z', ':20271107T053000Z'],
    ['America/New_York', '2027-11-07T06:30:00Z', ':20271107T063000Z'],
    ['America/New_York', '2027-11-07T07:00:00Z', ';TZID=America/New_York:20271107T020000'],
    // Lord Howe moves by half an hour, and has summer when the north has winter.
    ['Australia/Lord_Howe', '2026-10-03T15:29:59Z', ';TZID=Australia/Lord_Howe:20261004T015959'],
    ['Australia/Lord_Howe', '2026-10-03T15:30:00Z', ';TZID=Australia/Lord_Howe:20261004T023000'],
    ['Australia/Lord_Howe', '2027-04-03T14:45:00Z', ':20270403T144500Z'],
    ['Australia/Lord_Howe', '2027-04-03T15:15:00Z', ':20270403T151500Z'],
    ['Australia/Lord_Howe', '2027-04-03T15:30:00Z', ';TZID=Australia/Lord_Howe:20270404T020000'],
    ['Pacific/Chatham', '2026-09-26T13:59:59Z', ';TZID=Pacific/Chatham:20260927T024459'],
    ['Pacific/Chatham', '2026-09-26T14:00:00Z', ';TZID=Pacific/Chatham:20260927T034500'],
    // Clocks that are not changed any more, or never were by a whole hour from UTC.
    ['America/Sao_Paulo', '2026-11-01T03:00:00Z', ';TZID=America/Sao_Paulo:20261101T000000'],
    ['Asia/Kolkata', '2026-07-01T10:00:00Z', ';TZID=Asia/Kolkata:20260701T153000'],
    // Old names, and any case.
    ['America/Buenos_Aires', '2026-07-01T10:00:00Z', ';TZID=America/Buenos_Aires:20260701T070000'],
    ['Asia/Calcutta', '2026-07-01T10:00:00Z', ';TZID=Asia/Calcutta:20260701T153000'],
    ['europe/BERLIN', '2026-07-01T10:00:00Z', ';TZID=Europe/Berlin:20260701T120000'],
    ['US/Eastern', '2026-07-01T10:00:00Z', ';TZID=US/Eastern:20260701T060000'],
    ['UTC', '2026-07-01T10:00:00Z', ':20260701T100000Z'],
    ['Etc/UCT', '2026-07-01T10:00:00Z', ':20260701T100000Z'],
    ['Zulu', '2026-07-01T10:00:00Z', ':20260701T100000Z'],
    // Years in which a clock is not changed by the yearly rule that the VTIMEZONE has.
    ['Asia/Gaza', '2026-10-28T10:00:00Z', ':20261028T100000Z'],
    ['America/Santiago', '2029-07-01T10:00:00Z', ':20290701T100000Z'],
    ['America/Santiago', '2028-07-01T10:00:00Z', ';TZID=America/Santiago:20280701T060000'],
    ['Africa/Cairo', '2021-07-01T10:00:00Z', ':20210701T100000Z'],
    ['America/Mexico_City', '2021-07-01T10:00:00Z', ':20210701T100000Z'],
    // Beyond anybody's rules.
    ['Europe/Berlin', '2101-07-01T10:00:00Z', ':21010701T100000Z'],
    ['Europe/Berlin', '9999-12-31T20:00:00Z', ':99991231T200000Z'],
  ])('%s %s', (timezone, instant, written) => {
    const start = new Date(instant);
    const end = new Date(start.getTime() + 180 * MINUTE_MS);
    const text = write(timezone, start, end);
    expect(startOf(text)).toBe(`DTSTART${written}`);
    expectInstants(text, start, end);
  });

  it('are both in UTC where one of them has to be', () => {
    const [start, end] = [new Date('2026-10-24T20:00:00Z'), new Date('2026-10-25T01:30:00Z')];
    const text = write('Europe/Berlin', start, end);
    expect(text).toContain('DTSTART:20261024T200000Z\r\nDTEND:20261025T013000Z');
    expect(text).not.toContain('VTIMEZONE');
    expectInstants(text, start, end);
  });

  it('are in whole seconds, and the end stays behind the start', () => {
    const text = write('UTC', new Date('2026-07-01T10:00:00.100Z'), new Date('2026-07-01T10:00:00.900Z'));
    expectInstants(text, new Date('2026-07-01T10:00:00Z'), new Date('2026-07-01T10:00:01Z'));
  });

  it('end with the last second that can be written', () => {
    const text = write('Pacific/Auckland', new Date('2026-07-01T10:00:00Z'), new Date('9999-12-31T23:59:59.999Z'));
    expectInstants(text, new Date('2026-07-01T10:00:00Z'), new Date('9999-12-31T23:59:59Z'));
  });
});

/** Every name that there is, some as nobody writes them, and some that only this platform knows. */
const TIMEZONES = [
  ...new Set([tzlib_get_timezones(), Intl.supportedValuesOf('timeZone'), 'SystemV/PST8', 'ACT', 'asia/tokyo'].flat()),
].filter(isTimezone);

describe('whatever the zone', () => {
  it('has a way to write its times', () => {
    expect(TIMEZONES.length).toBeGreaterThan(590);
    const [start, end] = [new Date('2027-01-15T10:00:00Z'), new Date('2027-07-01T12:00:00Z')];
    for (const timezone of TIMEZONES) expectInstants(write(timezone, start, end), start, end);
  });

  it('any span from 2020 to 2040 is understood to the second', () => {
    const seconds = fc.integer({ min: Date.UTC(2020, 0) / 1_000, max: Date.UTC(2041, 0) / 1_000 });
    const length = fc.oneof(fc.integer({ min: 1, max: 86_400 }), fc.integer({ min: 1, max: 400 * 86_400 }));
    fc.assert(
      fc.property(fc.constantFrom(...TIMEZONES), seconds, length, (timezone, from, seconds) => {
        const [start, end] = [new Date(from * 1_000), new Date((from + seconds) * 1_000)];
        expectInstants(write(timezone, start, end), start, end);
      }),
      { numRuns: 200 },
    );
  });

  it('so is any minute about a change of the clock', () => {
    const changes = TIMEZONES.flatMap((zone) =>
      clockChanges(zone, 2027 + (zone.length % 3)).map(({ after }) => [zone, after.toMillis()] as const),
    );
    expect(changes.length).toBeGreaterThan(350);
    const minutes = fc.integer({ min: -180, max: 180 });
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        minutes,
        fc.integer({ min: 1, max: 400 }),
        ([zone, at], from, length) => {
          const start = new Date(at + from * MINUTE_MS);
          const end = new Date(start.getTime() + length * MINUTE_MS);
          expectInstants(write(zone, start, end), start, end);
        },
      ),
      { numRuns: 200 },
    );
  });
});
