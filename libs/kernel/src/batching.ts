import { setTimeout as delay } from 'node:timers/promises';
import { UsherError } from './errors.js';

export interface BatcherOptions<I, O> {
  /**
   * Does the work for `items` of one key, in order of arrival, and answers with one outcome for each, in the same order.
   * What it throws is every item's outcome.
   */
  work: (key: string, items: readonly I[]) => Promise<readonly PromiseSettledResult<O>[]>;
  /** How many items at most are worked on at once. */
  maxBatch: number;
  /** How many of one key may wait; more are refused. */
  maxWaiting: number;
  /** So many milliseconds at least lie between the beginnings of a key's batches: for what is in no hurry. None by default. */
  paceMs?: number;
}

interface Waiting<I, O> {
  item: I;
  resolve: (result: O) => void;
  reject: (reason: unknown) => void;
}

/**
 * Group commit: whatever arrives for a key while its previous batch is being worked on becomes the next batch. A lone item
 * waits for nobody, and the cost of an item falls as contention rises. Source: D. DeWitt et al., "Implementation
 * Techniques for Main Memory Database Systems" (1984), section 5.2.
 */
export class Batcher<I, O> {
  private readonly queues = new Map<string, Waiting<I, O>[]>();

  constructor(private readonly options: BatcherOptions<I, O>) {}

  /** The item's own outcome. Rejects with a retryable `unavailable` where too many wait for the key already. */
  submit(key: string, item: I): Promise<O> {
    const queue = this.queues.get(key);
    if (queue !== undefined && queue.length >= this.options.maxWaiting) return Promise.reject(overloaded());
    return new Promise((resolve, reject) => {
      const waiting = { item, resolve, reject };
      if (queue === undefined) this.begin(key, waiting);
      else queue.push(waiting);
    });
  }

  private begin(key: string, first: Waiting<I, O>): void {
    const queue = [first];
    this.queues.set(key, queue);
    // What else has arrived with it is still to be read from the sockets, and joins the first batch.
    setImmediate(() => void this.drain(key, queue));
  }

  private async drain(key: string, queue: Waiting<I, O>[]): Promise<void> {
    while (queue.length > 0) {
      const begun = performance.now();
      await this.workOn(key, queue.splice(0, this.options.maxBatch));
      const rest = begun + (this.options.paceMs ?? 0) - performance.now();
      if (rest > 0) await delay(rest);
    }
    this.queues.delete(key);
  }

  private async workOn(key: string, batch: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const items = batch.map(({ item }) => item);
      const outcomes = await this.options.work(key, items);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome?.status === 'fulfilled') resolve(outcome.value);
        else reject(outcome?.reason ?? new Error(`A batch of ${batch.length} has ${outcomes.length} outcomes.`));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

const overloaded = (): UsherError =>
  new UsherError('unavailable', 'Too many requests wait for the same thing.', { retryable: true, retryAfter: 1 });
