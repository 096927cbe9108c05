/**
 * Does all of `work`, at most `lanes` of it at once, begun in its order. Where some of it fails, throws the first failure
 * once nothing is under way any more; each failure ends one lane, so that what is away is not asked for everything.
 */
export async function inLanes(lanes: number, work: readonly (() => Promise<unknown>)[]): Promise<void> {
  // One iterator, which all lanes draw from.
  const waiting = work.values();
  const lane = async (): Promise<void> => {
    for (const begin of waiting) await begin();
  };
  const outcomes = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
