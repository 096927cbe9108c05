import type { EventState } from '../events/event.js';

/** What a moment of reminding follows from. */
type Beginning = Pick<EventState, 'start_time' | 'created_at'>;

/** The moments from `from` on and before `until`. */
export interface Span {
  from: Date;
  until: Date;
}

const MINUTES = { m: 1, h: 60, d: 1_440 } as const;
const MINUTE_MS = 60_000;

/** `90m`, `24h` or `7d` in minutes; a whole number and a unit, as the settings have checked. */
export const minutesIn = (duration: string): number =>
  Number(duration.slice(0, -1)) * MINUTES[duration.at(-1) as keyof typeof MINUTES];

/** The log stream of one reminder. It has one entry ever; a start that is moved is another reminder. */
export const streamOf = ({ id, start_time }: Pick<EventState, 'id' | 'start_time'>, minutes: number): string =>
  `reminder/${id}/${start_time.getTime()}/${minutes}`;

/** The starts, from `from` on and before `until`, of what is to be reminded of within `span` and has not begun by its end. */
export const startsDue = (minutes: number, { from, until }: Span): Span => ({
  from: latest(until, plus(from, minutes)),
  until: plus(until, minutes),
});

/**
 * How many minutes before its start an event is to be reminded of, where such a moment was within `span`. Of several, the
 * nearest to the start: nobody needs to hear twice at once. Undefined also where the event has begun by the end of the
 * span, and where the moment had passed when the event was created.
 */
export function dueReminder(event: Beginning, minutesBefore: readonly number[], span: Span): number | undefined {
  if (event.start_time < span.until) return undefined;
  const [nearest] = minutesBefore.filter((minutes) => isWithin(span, dueAt(event, minutes))).sort((a, b) => a - b);
  if (nearest === undefined || dueAt(event, nearest) <= event.created_at) return undefined;
  return nearest;
}

/** When a reminder of the event is due. */
export const dueAt = ({ start_time }: Pick<Beginning, 'start_time'>, minutes: number): Date =>
  plus(start_time, -minutes);

const isWithin = ({ from, until }: Span, moment: Date): boolean => moment >= from && moment < until;
const plus = (moment: Date, minutes: number): Date => new Date(moment.getTime() + minutes * MINUTE_MS);
const latest = (one: Date, other: Date): Date => (one > other ? one : other);
