import { IANAZone } from 'luxon';

/** What becomes of a message that falls into the quiet hours: it waits for their end, or is not sent at all. */
export const QUIET_MODES = ['queue', 'skip'] as const;

/** Every day from one time of day to another, by the clocks of a zone; across midnight where `to` is the earlier one. */
export interface QuietHours {
  /** `HH:MM`; what it says is quiet. */
  from: string;
  /** `HH:MM`; what it says is not. The same as `from` makes no hours at all. */
  to: string;
  /** Of the IANA database. */
  timezone: string;
  mode: (typeof QUIET_MODES)[number];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * The first instant after `now` that is not quiet; undefined where `now` is not. What clocks show decides: where they are
 * put forward over the end of the quiet hours, those end with that; where they are put back into them, they begin again.
 */
export function endOfQuiet({ from, to, timezone }: QuietHours, now: Date): Date | undefined {
  const zone = IANAZone.create(timezone);
  const quiet = { from: timeOfDay(from), to: timeOfDay(to) };
  let at = now.getTime();
  while (isWithin(quiet, clockAt(zone, at))) {
    const end = at + sinceMidnight(quiet.to - clockAt(zone, at));
    at = clockChange(zone, at, end) ?? end;
  }
  return at === now.getTime() ? undefined : new Date(at);
}

const isWithin = ({ from, to }: { from: number; to: number }, time: number): boolean =>
  from <= to ? time >= from && time < to : time >= from || time < to;

/** When between the two clocks are changed; undefined where they are not. They are less than a day apart. */
function clockChange(zone: IANAZone, after: number, upTo: number): number | undefined {
  const offset = zone.offset(after);
  if (zone.offset(upTo) === offset) return undefined;
  let [before, changed] = [after, upTo];
  while (changed - before > 1) {
    const middle = Math.floor((before + changed) / 2);
    if (zone.offset(middle) === offset) before = middle;
    else changed = middle;
  }
  return changed;
}

/** What clocks of the zone show, in milliseconds since midnight. */
const clockAt = (zone: IANAZone, at: number): number => sinceMidnight(at + zone.offset(at) * MINUTE_MS);

const sinceMidnight = (milliseconds: number): number => ((milliseconds % DAY_MS) + DAY_MS) % DAY_MS;

function timeOfDay(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
}
