import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, newId } from '#kernel';
import type { Logger } from '#observability';
import { type Lease, LeaseLost, type Leases } from '#persistence';
import { backoffMs } from '../broker/backoff.js';
import { within } from '../broker/deadline.js';
import { Latch } from './latch.js';
import { Tenure } from './tenure.js';

/** All in milliseconds. */
export const ELECTED_WORK_TIMING = {
  /** How long a lease outlives its holder. */
  lease: 5_000,
  /** How often those without the lease try for it. */
  standby: 500,
  /** How often the elected one looks although nobody woke it. */
  sweep: 1_000,
  /** How long giving up a lease waits for a database that may be away. */
  close: 2_000,
  /** How long stopping waits for the step in hand. */
  stop: 8_000,
  /** The wait after the `attempt`th failure in a row. */
  backoff: (attempt: number): number => backoffMs(attempt),
};

export interface ElectedWorkOptions {
  /** The name of the lease, and of the work in log lines. */
  name: string;
  leases: Leases;
  clock: Clock;
  logger: Logger;
  /**
   * Does one piece of work and answers whether there may be more. What only the holder may write, it fences by
   * `Leases.advance`. What it throws is logged, and it is tried again after a while.
   */
  step: (lease: Lease) => Promise<boolean>;
  /** Calls back when there may be work that another instance made. */
  watch: (wake: () => void) => { close: () => Promise<void> };
  /**
   * Work that is in no hurry does more at once: so many milliseconds at least lie between the beginnings of two steps, unless
   * there is more to do already.
   */
  paceMs?: number;
  /** For tests that have no time. */
  timing?: typeof ELECTED_WORK_TIMING;
}

/** Work that every instance is ready to do and that the one with the lease does: step by step, woken or by itself. */
export class ElectedWork {
  private readonly holder = newId();
  private readonly bell = new Latch();
  private readonly stopping = new AbortController();
  private readonly timing: typeof ELECTED_WORK_TIMING;
  private readonly logger: Logger;
  private running: Promise<void> | undefined;
  private failures = 0;

  constructor(private readonly options: ElectedWorkOptions) {
    this.timing = options.timing ?? ELECTED_WORK_TIMING;
    this.logger = options.logger.child({ work: options.name, holder: this.holder });
  }

  /** Begins, without waiting for anything. */
  start(): void {
    this.running = this.run();
  }

  /** There may be something to do. Cheap, and safe to call at any rate. */
  wake(): void {
    this.bell.ring();
  }

  /** Finishes the step in hand and gives the lease up, so that another instance goes on at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await within(this.timing.stop, this.running ?? Promise.resolve());
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        const { leases, name } = this.options;
        const lease = await leases.acquire(name, this.holder, this.timing.lease);
        if (lease !== undefined) await this.lead(lease);
      } catch (error) {
        this.logger.warn({ err: error }, 'work.unavailable');
      }
      await this.pause(this.timing.standby);
    }
  }

  private async lead(lease: Lease): Promise<void> {
    const { leases, clock, watch } = this.options;
    const tenure = new Tenure(lease, leases, clock, this.timing.lease);
    this.logger.info({ fencing_token: lease.token }, 'work.elected');
    const watching = watch(() => this.wake());
    try {
      while (tenure.held && !this.stopped) {
        const begun = performance.now();
        if (!(await this.step(tenure))) await this.rest(begun);
      }
    } finally {
      this.logger.info({ fencing_token: lease.token, deposed: !tenure.held }, 'work.released');
      tenure.end();
      await within(this.timing.close, Promise.all([watching.close(), leases.release(lease)]));
    }
  }

  /** Answers whether there may be more to do at once. */
  private async step(tenure: Tenure): Promise<boolean> {
    try {
      const more = await this.options.step(tenure.lease);
      this.failures = 0;
      return more;
    } catch (error) {
      if (error instanceof LeaseLost) tenure.end();
      this.failures += 1;
      this.logger.warn({ err: error, failures: this.failures }, 'work.failed');
      return false;
    }
  }

  /** Until somebody wakes it, or for a while; after a failure for a while in any case. */
  private async rest(begun: number): Promise<void> {
    if (this.failures > 0) return this.pause(this.timing.backoff(this.failures));
    await this.pause(begun + (this.options.paceMs ?? 0) - performance.now());
    await this.bell.rung(this.timing.sweep);
  }

  private async pause(ms: number): Promise<void> {
    if (ms <= 0) return;
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
