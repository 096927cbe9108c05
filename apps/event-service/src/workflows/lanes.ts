/** Transactions of one reaction that are under way at once; a fraction of the connection pool, which requests need too. */
const LANES = 8;

/**
 * Does all of `work`, a few at a time. Where some of it fails, throws the first failure once nothing is under way any more;
 * each failure ends one lane, so that a database that is away is not asked for everything.
 */
export async function inLanes(work: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...work];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  const failed = lanes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
