/** Milliseconds to wait before each further attempt at something that is ours to get right: the last one repeats. */
export const BACKOFF_MS = [100, 250, 500, 1_000, 2_500, 5_000] as const;

/** The wait before attempt `attempt + 1`, where `attempt` (1, 2, …) have failed: the table, give or take a tenth. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const planned = BACKOFF_MS[Math.min(Math.max(attempt, 1), BACKOFF_MS.length) - 1] ?? BACKOFF_MS[0];
  return Math.round(planned * (0.9 + random() * 0.2));
}
