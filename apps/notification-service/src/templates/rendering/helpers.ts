import type { HelperOptions } from 'handlebars';
import type { Kind } from '../data/template-data.js';
import { type Formats } from './formats.js';

/** What a helper is called with; whoever saves a template is held to it. */
export interface Signature {
  takes: readonly Kind[];
  /** `in=<zone>`: in another time zone than the reader's. */
  zoned?: true;
  /** `one="…" other="…"` and so on: text by plural category. */
  forms?: true;
  /** To be asked in `{{#if (…)}}`, not inserted. */
  asks?: true;
}

export const SIGNATURES = {
  date: { takes: ['time'], zoned: true },
  time: { takes: ['time'], zoned: true },
  when: { takes: ['time', 'time'], zoned: true },
  zone: { takes: ['time'], zoned: true },
  number: { takes: ['number'] },
  plural: { takes: ['number'], forms: true },
  elsewhere: { takes: ['zone', 'time'], asks: true },
} as const satisfies Record<string, Signature>;
export type HelperName = keyof typeof SIGNATURES;

/** The categories of CLDR's plural rules. */
export const PLURAL_CATEGORIES: readonly string[] = ['zero', 'one', 'two', 'few', 'many', 'other'];

/** `{{when event.start_time event.end_time}}` and the like: what is said depends on who reads. */
export const HELPERS = {
  date: (time: string, options: HelperOptions) => formats(options).date(time),
  time: (time: string, options: HelperOptions) => formats(options).time(time),
  when: (start: string, end: string, options: HelperOptions) => formats(options).span(start, end),
  zone: (time: string, options: HelperOptions) => formats(options).zone(time),
  /** Nothing for null, as where an event has no limit. */
  number: (value: number | null, options: HelperOptions) => (value === null ? '' : formats(options).number(value)),
  plural: (count: number, options: HelperOptions) =>
    formats(options).plural(count, options.hash as Record<string, string>),
  elsewhere: (zone: string, time: string, options: HelperOptions) => formats(options).differsIn(zone, time),
} as const satisfies Record<HelperName, unknown>;

/** Those of the reader, or of the zone that `in=` names. */
function formats(options: HelperOptions): Formats {
  const { formats: own } = options.data as { formats: Formats };
  const { in: zone } = options.hash as { in?: string };
  return zone === undefined ? own : own.in(zone);
}
