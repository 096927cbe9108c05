import { LRUCache } from 'lru-cache';

const CLOCK = { hour: 'numeric', minute: '2-digit' } as const;
const DAY = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' } as const;
/** Making a formatter takes longer than rendering a message. */
const MAX_KEPT = 500;

const kept = new LRUCache<string, Formats>({ max: MAX_KEPT });

/** Dates, times, numbers and plurals as readers of one locale write them, in one time zone. */
export class Formats {
  private readonly numbers: Intl.NumberFormat;
  private readonly plurals: Intl.PluralRules;
  private readonly days: Intl.DateTimeFormat;
  private readonly times: Intl.DateTimeFormat;
  private readonly spans: Intl.DateTimeFormat;
  private readonly zones: Intl.DateTimeFormat;

  private constructor(
    private readonly locale: string,
    private readonly timeZone: string,
  ) {
    this.numbers = new Intl.NumberFormat(locale);
    this.plurals = new Intl.PluralRules(locale);
    this.days = new Intl.DateTimeFormat(locale, { timeZone, ...DAY });
    this.times = new Intl.DateTimeFormat(locale, { timeZone, ...CLOCK });
    this.spans = new Intl.DateTimeFormat(locale, { timeZone, ...DAY, ...CLOCK });
    this.zones = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'long' });
  }

  /** Throws a RangeError for a time zone that is not known. */
  static of(locale: string, timeZone: string): Formats {
    const key = `${locale} ${timeZone}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const formats = new Formats(locale, timeZone);
    kept.set(key, formats);
    return formats;
  }

  in(timeZone: string): Formats {
    return Formats.of(this.locale, timeZone);
  }

  number(value: number): string {
    return this.numbers.format(value);
  }

  /** The form that goes with the count, `#` in it replaced by the count; `other` where there is none of its category. */
  plural(count: number, forms: Readonly<Record<string, string>>): string {
    const form = forms[this.plurals.select(count)] ?? forms['other'] ?? '#';
    return form.replaceAll('#', this.number(count));
  }

  date(time: string): string {
    return this.days.format(new Date(time));
  }

  time(time: string): string {
    return this.times.format(new Date(time));
  }

  /** From when to when; the day stands once where it is the same. */
  span(start: string, end: string): string {
    return this.spans.formatRange(new Date(start), new Date(end));
  }

  /** What the time zone is called at that time. */
  zone(time: string): string {
    const name = this.zones.formatToParts(new Date(time)).find(({ type }) => type === 'timeZoneName');
    return name?.value ?? this.timeZone;
  }

  /** Whether clocks show something else there at that time. */
  differsIn(timeZone: string, time: string): boolean {
    const there = this.in(timeZone);
    return there.span(time, time) !== this.span(time, time);
  }
}
