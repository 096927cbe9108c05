/** When a channel tries again. All in seconds. */
export interface RetryPolicy {
  /** The wait after the first failure, after the second …; one failure more, and it is given up. */
  waits: readonly number[];
  /** The share of a wait that it may be shorter or longer, so that what failed together does not come back together. */
  jitter: number;
  /** The longest wait that a receiver may ask for. */
  longestRetryAfter: number;
}

const MINUTE = 60;
const HOUR = 3_600;

export const WEBHOOK_RETRIES: RetryPolicy = {
  waits: [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
  jitter: 0.1,
  longestRetryAfter: 24 * HOUR,
};

/** What is known after a failure. */
export interface Failed {
  /** How many attempts there have been. */
  tries: number;
  /** How many there may be at most, where that is fewer than the policy allows. */
  maxTries: number;
  /** What the receiver asked for, in seconds. */
  retryAfter?: number | undefined;
}

/** When to try again; null where it is to be given up. `random` is from [0, 1). */
export function retryAt(policy: RetryPolicy, failed: Failed, now: Date, random: number): Date | null {
  const planned = policy.waits[failed.tries - 1];
  if (planned === undefined || failed.tries >= failed.maxTries) return null;
  return new Date(now.getTime() + Math.round(waitOf(policy, planned, failed.retryAfter, random) * 1000));
}

/** What a receiver asks for is never undercut; below a second it asks for nothing. */
function waitOf(policy: RetryPolicy, planned: number, retryAfter: number | undefined, random: number): number {
  if (retryAfter === undefined) return planned * (1 - policy.jitter + 2 * policy.jitter * random);
  return Math.min(Math.max(retryAfter, 1), policy.longestRetryAfter) * (1 + policy.jitter * random);
}
