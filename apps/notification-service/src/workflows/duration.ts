import { DateTime, Duration } from 'luxon';

const MAX_DAYS = 366;

/** What is wrong with an ISO 8601 duration such as `PT15M` or `P1DT12H`; undefined where nothing is. */
export function objectionTo(text: string): string | undefined {
  const duration = Duration.fromISO(text);
  if (!duration.isValid) return 'must be an ISO 8601 duration, such as PT15M';
  const days = duration.as('days');
  return days > 0 && days <= MAX_DAYS ? undefined : `must be longer than nothing and at most ${MAX_DAYS} days`;
}

/** The time that long after `start`; days and months are those of the calendar, in UTC. */
export const after = (start: Date, duration: string): Date =>
  DateTime.fromJSDate(start, { zone: 'utc' }).plus(Duration.fromISO(duration)).toJSDate();

export const millisecondsOf = (duration: string): number => Duration.fromISO(duration).toMillis();
