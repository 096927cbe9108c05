import { DateTime } from 'luxon';
import { tzlib_get_ical_block, tzlib_get_timezones } from 'timezones-ical-library';
import { type ClockChange, clockChanges } from './clock-changes.js';

/** Nobody knows the rules of a later time. */
const LAST_YEAR = 2_100;

const DEFINED: ReadonlySet<string> = new Set(tzlib_get_timezones());
const RULES =
  /TZOFFSETFROM:(\S+)\r\nTZOFFSETTO:(\S+)\r\nDTSTART:\d{8}(T\d{6})\r\nRRULE:FREQ=YEARLY;BYMONTH=(\d+);BYDAY=(-?\d)(\w\w)/g;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** A time zone as a calendar defines it: one offset for ever, or two rules that change the clock every year. */
export class CalendarZone {
  private static readonly byName = new Map<string, CalendarZone | undefined>();
  private readonly rightYears = new Map<number, boolean>();

  private constructor(
    readonly name: string,
    /** The `VTIMEZONE` of that name. */
    readonly definition: string,
  ) {}

  /**
   * The zone by whose clock all of `instants` (in milliseconds) can be written so that every reader understands the same,
   * whether it goes by the `VTIMEZONE` or by time zone data of its own; undefined where they have to be written in UTC.
   * `timezone` is any name that `isTimezone` takes, in whatever case.
   */
  static forInstants(timezone: string, instants: readonly number[]): CalendarZone | undefined {
    const name = DEFINED.has(timezone) ? timezone : canonicalName(timezone);
    if (!CalendarZone.byName.has(name)) CalendarZone.byName.set(name, CalendarZone.define(name));
    const zone = CalendarZone.byName.get(name);
    return zone !== undefined && instants.every((instant) => zone.isClear(instant)) ? zone : undefined;
  }

  private static define(name: string): CalendarZone | undefined {
    if (!DEFINED.has(name) || canonicalName(name) === 'UTC') return undefined;
    const [block = ''] = tzlib_get_ical_block(name);
    // The block of an old name bears the present one, which need not be the one that people there go by.
    const definition = block.replaceAll(/^(TZID|X-LIC-LOCATION):[^\r]*/gm, `$1:${name}`);
    return new CalendarZone(name, `${definition}\r\n`);
  }

  /** What the clock shows twice is not clear: by RFC 5545 it is the first of them, and many readers take the second. */
  private isClear(instant: number): boolean {
    const time = this.show(instant);
    return time.year <= LAST_YEAR && time.getPossibleOffsets().length === 1 && this.isRightIn(time.year);
  }

  private show(instant: number): DateTime {
    return DateTime.fromMillis(instant, { zone: this.name, locale: 'en' });
  }

  private isRightIn(year: number): boolean {
    const known = this.rightYears.get(year);
    if (known !== undefined) return known;
    const right = this.compareIn(year);
    this.rightYears.set(year, right);
    return right;
  }

  /**
   * Whether the definition says of a year what the time zone data of this platform say. It does not where the clock is
   * changed by another rule than "every year on that weekday" (Gaza; Santiago when April begins on a Sunday), and where
   * the rules were others in that year.
   */
  private compareIn(year: number): boolean {
    const changes = clockChanges(this.name, year);
    if (!this.definition.includes('RRULE')) {
      const offset = this.show(Date.UTC(year, 0)).toFormat('ZZZ');
      return changes.length === 0 && this.definition.includes(`TZOFFSETTO:${offset}\r\n`);
    }
    const rules = Array.from(this.definition.matchAll(RULES), ([, ...words]) => words.join(' '));
    return (
      changes.length === rules.length &&
      changes.every((change) => rulesFor(change).some((rule) => rules.includes(rule)))
    );
  }
}

const canonicalName = (timezone: string): string =>
  new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions().timeZone;

/** The rules that a change of the clock may come from: that of the nth such weekday of its month, or of the last. */
function rulesFor({ before, after }: ClockChange): string[] {
  const nths = [Math.ceil(before.day / 7), ...(before.plus({ weeks: 1 }).month === before.month ? [] : [-1])];
  const words = [before.toFormat('ZZZ'), after.toFormat('ZZZ'), before.toFormat("'T'HHmmss"), before.month];
  return nths.map((nth) => [...words, nth, WEEKDAYS[before.weekday - 1]].join(' '));
}
