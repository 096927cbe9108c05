import { setTimeout as delay } from 'node:timers/promises';

/** Long enough for a queue of changes, and short enough that one that hangs does not hold up the rest. */
const PATIENCE_MS = 5_000;

/**
 * Has work on one key done one after the other within this process, in order of arrival. It is a courtesy, not a lock:
 * transactions that would collide in the database, and be run again, wait here instead. Nobody waits longer than
 * `patienceMs`; between instances, and where patience ends, the database decides.
 */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(private readonly patienceMs = PATIENCE_MS) {}

  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = this.wait(this.last.get(key)).then(work);
    const over = turn.catch(() => undefined);
    this.last.set(key, over);
    try {
      return await turn;
    } finally {
      if (this.last.get(key) === over) this.last.delete(key);
    }
  }

  private async wait(before: Promise<unknown> | undefined): Promise<void> {
    if (before === undefined) return;
    const patience = new AbortController();
    const impatient = delay(this.patienceMs, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([before, impatient]);
    patience.abort();
  }
}
