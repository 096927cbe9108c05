/** How many failures in a row are enough. */
export const FAILURES_TO_OPEN = 5;
const FIRST_OPEN_MS = 30_000;
const LONGEST_OPEN_MS = 600_000;
/** How long nobody else tries while one delivery finds out whether the destination is back. */
export const PROBE_MS = 20_000;

/** What is known of a destination that has failed; one without a failure since its last success has none. */
export interface Breaker {
  /** Failures in a row. */
  failures: number;
  /** How often in a row it has been opened. */
  openings: number;
  /** Nothing is sent before; then one delivery is the probe, and has this moved on. Null while it is closed. */
  open_until: Date | null;
}

export const CLOSED: Breaker = { failures: 0, openings: 0, open_until: null };

/** All may go; or one, and the others not before `until`; or none. */
export type Admission =
  { kind: 'pass' } | { kind: 'probe'; state: Breaker; until: Date } | { kind: 'wait'; until: Date };

/** Whether a delivery may go out. A probe may only where nobody else has taken its place: `state` has to be stored first. */
export function admit(breaker: Breaker, now: Date): Admission {
  if (breaker.open_until === null) return { kind: 'pass' };
  if (breaker.open_until > now) return { kind: 'wait', until: breaker.open_until };
  const until = new Date(now.getTime() + PROBE_MS);
  return { kind: 'probe', state: { ...breaker, open_until: until }, until };
}

/** After a failure. Those that were under way already when it opened change nothing about when it is tried again. */
export function afterFailure(breaker: Breaker, { probe }: { probe: boolean }, now: Date): Breaker {
  const failures = breaker.failures + 1;
  const opens = breaker.open_until === null ? failures >= FAILURES_TO_OPEN : probe;
  if (!opens) return { ...breaker, failures };
  const openMs = Math.min(FIRST_OPEN_MS * 2 ** breaker.openings, LONGEST_OPEN_MS);
  return { failures, openings: breaker.openings + 1, open_until: new Date(now.getTime() + openMs) };
}
