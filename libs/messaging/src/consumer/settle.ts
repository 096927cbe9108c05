/** What settling a batch needs from around it. */
export interface Settlement<T> {
  /** Does the work; the whole batch or nothing. */
  handle: (batch: readonly T[]) => Promise<void>;
  /** Called with what was handled, in order. */
  accept: (batch: readonly T[]) => void;
  /** Called with one that is itself bad. */
  reject: (item: T, error: unknown) => void;
  isRetryable: (error: unknown) => boolean;
  /** Waits after the `attempt`th failure in a row; answers false where the batch is not ours any more. */
  pause: (attempt: number, error: unknown) => Promise<boolean>;
}

/**
 * Brings every item of a batch to its end, in order: handled together; tried again together for as long as the trouble
 * passes; and where one of them is itself the trouble, halved until that one stands alone. Answers false where it gave
 * up because `pause` said so.
 */
export async function settle<T>(batch: readonly T[], settlement: Settlement<T>): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await settlement.handle(batch);
      settlement.accept(batch);
      return true;
    } catch (error) {
      if (settlement.isRetryable(error)) {
        if (!(await settlement.pause(attempt, error))) return false;
        continue;
      }
      const [first] = batch;
      if (batch.length <= 1) {
        if (first !== undefined) settlement.reject(first, error);
        return true;
      }
      const middle = Math.ceil(batch.length / 2);
      return (await settle(batch.slice(0, middle), settlement)) && settle(batch.slice(middle), settlement);
    }
  }
}
