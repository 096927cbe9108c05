import type { RetryPolicy } from '../../delivery/attempts/retry-policy.js';

const MINUTE = 60;
const HOUR = 3_600;

/** Quick at first, for what is back in a moment; then as mail servers do it, for a day and a half. */
export const EMAIL_RETRIES: RetryPolicy = {
  waits: [10, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR],
  jitter: 0.1,
  longestRetryAfter: HOUR,
};
