import { DateTime, IANAZone } from 'luxon';

const MINUTE_MS = 60_000;
/** No clock is changed and changed back within that time. */
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

/** A change of a zone's clock: one moment, as the clock showed it until then and as it shows it from then on. */
export interface ClockChange {
  before: DateTime;
  after: DateTime;
}

/** The changes of a zone's clock in a year of UTC, from the time zone data of this platform. */
export function clockChanges(zone: string, year: number): ClockChange[] {
  const clock = IANAZone.create(zone);
  const changes: ClockChange[] = [];
  let offset = clock.offset(Date.UTC(year, 0));
  for (let from = Date.UTC(year, 0); from < Date.UTC(year + 1, 0); from += WEEK_MS) {
    const next = clock.offset(from + WEEK_MS);
    if (next !== offset) changes.push(changeOf(clock, offset, from));
    offset = next;
  }
  return changes;
}

/** The change from `offset` to another within a week; clocks are changed on the minute. */
function changeOf(clock: IANAZone, offset: number, week: number): ClockChange {
  let [same, other] = [0, WEEK_MS / MINUTE_MS];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (clock.offset(week + middle * MINUTE_MS) === offset) same = middle;
    else other = middle;
  }
  const after = DateTime.fromMillis(week + other * MINUTE_MS, { zone: clock, locale: 'en' });
  return { before: after.toUTC(offset), after };
}
