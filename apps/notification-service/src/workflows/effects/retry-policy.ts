/** How long after an attempt that failed the next is made, in seconds; after the last the step has failed. */
const SCHEDULE_SECONDS = [5, 30, 120, 600] as const;
/** Of the delay, more or less: what failed together should not come back together. */
const JITTER = 0.1;
/** A receiver may ask for more time than the schedule gives it, but not for ever. */
const MAX_RETRY_AFTER_SECONDS = 3_600;

/** When the attempt after the `attempt`th is due; undefined where there is none. `chance` is between 0 and 1. */
export function nextAttempt(
  attempt: number,
  retryAfter = 0,
  { now, chance }: { now: Date; chance: number },
): Date | undefined {
  const seconds = SCHEDULE_SECONDS[attempt - 1];
  if (seconds === undefined) return undefined;
  const jittered = seconds * (1 + JITTER * (2 * chance - 1));
  return new Date(now.getTime() + 1000 * Math.max(jittered, Math.min(retryAfter, MAX_RETRY_AFTER_SECONDS)));
}
