import { LRUCache } from 'lru-cache';
import { Batcher, type Clock } from '#kernel';
import type { Metrics } from '#observability';
import type { Source } from './source.js';

/** How many may wait for an answer; more are told to come back. */
const MAX_WAITING = 10_000;

export interface CachedSourceOptions<Value> {
  /** For metrics. */
  name: string;
  /** What there is of `keys`, in their order. */
  fetchMany: (keys: readonly string[]) => Promise<readonly PromiseSettledResult<Value | undefined>[]>;
  maxBatch: number;
  /** How old what is told may be. */
  maxAgeMs: number;
  maxCached: number;
}

/**
 * A source that is asked for many keys at once and for each key once: what is asked for while a batch is under way is the
 * next batch, whoever asks for what is asked for already shares the answer, and answers are kept for a while. That
 * something is not there is not kept.
 */
export class CachedSource<Value extends object> implements Source<string, Value> {
  private readonly cache: LRUCache<string, Value>;

  constructor(
    private readonly options: CachedSourceOptions<Value>,
    clock: Clock,
    private readonly metrics: Metrics,
  ) {
    const { fetchMany, maxBatch, maxAgeMs, maxCached } = options;
    const batcher = new Batcher<string, Value | undefined>({
      work: (_, keys) => fetchMany(keys),
      maxBatch,
      maxWaiting: MAX_WAITING,
    });
    this.cache = new LRUCache({
      max: maxCached,
      ttl: maxAgeMs,
      // Never a past answer for want of a new one: whoever has been erased is not written to.
      fetchMethod: (key) => batcher.submit('', key),
      perf: { now: () => clock.now().getTime() },
      // By default the time is looked at once a millisecond.
      ttlResolution: 0,
    });
  }

  async find(key: string): Promise<Value | undefined> {
    const known = this.cache.get(key);
    if (known !== undefined) {
      this.count('cached');
      return known;
    }
    try {
      const found = await this.cache.fetch(key);
      this.count(found === undefined ? 'absent' : 'found');
      return found;
    } catch (error) {
      this.count('unavailable');
      throw error;
    }
  }

  private count(outcome: string): void {
    this.metrics.count('usher_enrichment_lookups_total', { source: this.options.name, outcome });
  }
}
