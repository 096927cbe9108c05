import { setTimeout as delay } from 'node:timers/promises';
import { newId, type Clock } from '#kernel';
import type { Logger, Metrics } from '#observability';
import { LeaseLost, type Leases } from '#persistence';
import { backoffMs } from '../broker/backoff.js';
import { within } from '../broker/deadline.js';
import type { Publisher } from '../broker/publisher.js';
import { Latch } from './latch.js';
import type { RelayEntry, RelayLog } from './relay-log.js';
import { Tenure } from './tenure.js';

/** All in milliseconds. */
export const RELAY_TIMING = {
  /** How long a lease outlives its holder. */
  lease: 5_000,
  /** How often those without the lease try for it. */
  standby: 500,
  /** How often the elected one looks although nobody woke it. */
  sweep: 3_000,
  /** How long giving up a lease waits for a database that may be away. */
  close: 2_000,
  /** How long stopping waits for the batch in hand. */
  stop: 8_000,
  /** The wait after the `attempt`th failure in a row. */
  backoff: (attempt: number): number => backoffMs(attempt),
};

/** One transaction and one round of confirms. */
const BATCH = 500;

export interface RelayOptions {
  log: RelayLog;
  leases: Leases;
  publisher: Pick<Publisher, 'publish' | 'ready'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** For tests that have no time. */
  timing?: typeof RELAY_TIMING;
}

/**
 * Publishes a log's entries in order, each at least once: runs in every instance and works in the one that has the lease.
 * In a log with positions, an entry gets its own in a transaction that only the holder of the lease can commit, and is
 * published from there; so positions have no gaps and never change, whoever dies when. See
 * docs/decisions/two-step-relay.md.
 */
export class Relay {
  private readonly holder = newId();
  private readonly bell = new Latch();
  private readonly logger: Logger;
  private readonly timing: typeof RELAY_TIMING;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  /** Entries may have a position without being published: after an election, and after anything that went wrong. */
  private unfinished = true;
  private failures = 0;
  private sampledAt = 0;

  constructor(private readonly options: RelayOptions) {
    this.timing = options.timing ?? RELAY_TIMING;
    this.logger = options.logger.child({ relay: options.log.name, holder: this.holder });
  }

  /** Begins, without waiting for anything. */
  start(): void {
    this.running = this.run();
  }

  /** There may be something to publish. Cheap, and safe to call at any rate. */
  wake(): void {
    this.bell.ring();
  }

  /** Finishes the batch in hand and gives the lease up, so that another instance goes on at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await within(this.timing.stop, this.running ?? Promise.resolve());
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.sample();
        const tenure = await this.elect();
        if (tenure !== undefined) await this.lead(tenure);
      } catch (error) {
        this.logger.warn({ err: error }, 'relay.unavailable');
      }
      await this.pause(this.timing.standby);
    }
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Not to be woken by every write, but by `stop`. */
  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  /** Whoever cannot reach the broker leaves the lease to somebody who can. */
  private async elect(): Promise<Tenure | undefined> {
    const { leases, publisher, log, clock } = this.options;
    if (!publisher.ready) return undefined;
    const lease = await leases.acquire(log.name, this.holder, this.timing.lease);
    if (lease === undefined) return undefined;
    this.logger.info({ fencing_token: lease.token }, 'relay.elected');
    return new Tenure(lease, leases, clock, this.timing.lease);
  }

  private async lead(tenure: Tenure): Promise<void> {
    const { log, leases, publisher } = this.options;
    this.unfinished = true;
    this.failures = 0;
    let watch: ReturnType<RelayLog['watch']> | undefined;
    try {
      watch = log.watch(() => this.wake());
      while (tenure.held && publisher.ready && !this.stopped) if (!(await this.step(tenure))) await this.rest();
    } finally {
      const { token: fencing_token } = tenure.lease;
      this.logger[tenure.held ? 'info' : 'warn']({ fencing_token }, tenure.held ? 'relay.released' : 'relay.deposed');
      tenure.end();
      await within(this.timing.close, Promise.all([watch?.close(), leases.release(tenure.lease)]));
    }
  }

  /** Does one batch. Answers whether there may be another. */
  private async step(tenure: Tenure): Promise<boolean> {
    try {
      await this.sample();
      const entries = await this.next(tenure);
      if (entries.length > 0) await this.publish(entries);
      this.failures = 0;
      // What was written meanwhile has rung; after a batch that is not full there need not be more.
      const goOn = this.unfinished || entries.length === BATCH;
      if (entries.length === 0) this.unfinished = false;
      return goOn;
    } catch (error) {
      this.unfinished = true;
      this.failures += 1;
      if (error instanceof LeaseLost) tenure.end();
      else this.logger.warn({ err: error, failures: this.failures }, 'relay.failed');
      return false;
    }
  }

  /**
   * What is to be published next. After a failure, one entry to see whether the broker takes it: behind one that it
   * refused, others of the same batch may have got through already, and must not again.
   */
  private next(tenure: Tenure): Promise<RelayEntry[]> {
    const { log } = this.options;
    if (!this.unfinished) return log.sequence(tenure.lease, BATCH);
    return log.unpublished(this.failures > 0 ? 1 : BATCH);
  }

  /** Publishes side by side and marks what is confirmed without a hole. Throws the first failure, after that. */
  private async publish(entries: readonly RelayEntry[]): Promise<void> {
    const { log, publisher } = this.options;
    const outcomes = await Promise.allSettled(entries.map(({ message }) => publisher.publish(message)));
    const failed = outcomes.findIndex(({ status }) => status === 'rejected');
    const confirmed = failed === -1 ? entries : entries.slice(0, failed);
    if (confirmed.length > 0) {
      this.account(confirmed);
      await log.markPublished(confirmed);
    }
    const failure = outcomes[failed];
    if (failure?.status === 'rejected') throw failure.reason;
  }

  private account(confirmed: readonly RelayEntry[]): void {
    const { clock, metrics } = this.options;
    const now = clock.now().getTime();
    for (const { time } of confirmed) metrics.observe('usher_relay_delay_seconds', {}, (now - time.getTime()) / 1000);
    metrics.count('usher_relay_published_total', {}, confirmed.length);
    const [from, to] = [confirmed[0]?.id, confirmed.at(-1)?.id];
    this.logger.debug({ from, to, count: confirmed.length }, 'relay.published');
  }

  /** Until something is written, or for a while; after a failure for a while in any case. */
  private async rest(): Promise<void> {
    if (this.failures > 0) await this.pause(this.timing.backoff(this.failures));
    else await this.bell.rung(this.timing.sweep);
  }

  /** Now and then: under load as well, and without the lease, for a backlog that nobody works off matters most. */
  private async sample(): Promise<void> {
    const { log, metrics } = this.options;
    if (performance.now() - this.sampledAt < this.timing.sweep) return;
    this.sampledAt = performance.now();
    metrics.set('usher_relay_backlog', {}, await log.backlog());
  }
}
