import { circuitBreaker, CircuitState, handleWhen } from 'cockatiel';
import type { Clock } from '#kernel';
import type { Logger, Metrics } from '#observability';
import { heldBack, isOfPartner, PartnerFailure } from '../partner.js';
import { FailureWindow } from './failure-window.js';

export const BREAKER = { failures: 3, withinMs: 30_000, openMs: 30_000 } as const;
/** How often an open breaker looks at the clock. */
const WATCH_MS = 250;

const NAMES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
} as const;
const GAUGE = { closed: 0, open: 1, half_open: 2 } as const;

export interface BreakerStatus {
  state: 'closed' | 'open' | 'half_open';
  /** Failures that count at the moment. */
  failures: number;
  lastFailure: { at: Date; failure: PartnerFailure } | undefined;
  /** When the partner is asked whether it is well again; undefined while the breaker is closed. */
  nextProbeAt: Date | undefined;
}

/**
 * The circuit breaker on writes: three failures within 30 s open it for 30 s. Then it asks the partner by itself, with a
 * probe that writes nothing, so that no client's write is the one to find out; it closes if the probe succeeds, and
 * waits as long again if not. One per instance.
 */
export class WriteBreaker {
  private readonly window: FailureWindow;
  private readonly circuit;
  private readonly stopping = new AbortController();
  private lastFailure: BreakerStatus['lastFailure'];
  private nextProbeAt: Date | undefined;
  private watch: NodeJS.Timeout | undefined;

  constructor(
    /** Resolves where the partner is well. */
    private readonly probe: (signal: AbortSignal) => Promise<unknown>,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {
    this.window = new FailureWindow(clock, BREAKER);
    // The wait before half-open is ours: cockatiel would let the next client's write be the probe.
    this.circuit = circuitBreaker(handleWhen(isOfPartner), { breaker: this.window, halfOpenAfter: 0 });
    this.circuit.onFailure(({ handled, reason }) => {
      if (handled && 'error' in reason) this.note(reason.error);
    });
    this.circuit.onBreak(() => this.waitForProbe());
    this.circuit.onReset(() => this.stopWaiting());
    this.circuit.onStateChange(() => this.report());
    this.metrics.set('usher_partner_breaker_state', {}, GAUGE.closed);
  }

  /** Does `write` and counts how it ends; does nothing and throws `partner-unavailable` unless the breaker is closed. */
  async send<T>(write: () => Promise<T>): Promise<T> {
    if (this.circuit.state === CircuitState.Closed) return this.circuit.execute(write);
    const now = this.clock.now();
    throw heldBack(this.nextProbeAt ?? now, now);
  }

  get status(): BreakerStatus {
    return {
      state: NAMES[this.circuit.state],
      failures: this.window.recent().length,
      lastFailure: this.lastFailure,
      nextProbeAt: this.nextProbeAt,
    };
  }

  /** No probe is begun, or goes on, after this. */
  stop(): void {
    clearInterval(this.watch);
    this.stopping.abort();
  }

  private note(error: unknown): void {
    if (error instanceof PartnerFailure) this.lastFailure = { at: this.clock.now(), failure: error };
  }

  private waitForProbe(): void {
    if (this.stopping.signal.aborted) return;
    this.nextProbeAt = new Date(this.clock.now().getTime() + BREAKER.openMs);
    this.watch ??= setInterval(() => this.probeWhenDue(), WATCH_MS).unref();
  }

  private stopWaiting(): void {
    clearInterval(this.watch);
    this.watch = undefined;
    this.nextProbeAt = undefined;
  }

  private probeWhenDue(): void {
    if (this.circuit.state !== CircuitState.Open) return;
    if (this.nextProbeAt === undefined || this.clock.now() < this.nextProbeAt) return;
    // A failed probe has opened the breaker for another while, and is in the log; there is nobody to throw to.
    this.circuit.execute(() => this.probe(this.stopping.signal)).catch(() => undefined);
  }

  private report(): void {
    const { state, failures, lastFailure, nextProbeAt } = this.status;
    this.metrics.set('usher_partner_breaker_state', {}, GAUGE[state]);
    const line = { state, failures, failure: lastFailure?.failure.kind, next_probe_at: nextProbeAt };
    if (state === 'open') this.logger.warn(line, 'partner.breaker');
    else this.logger.info(line, 'partner.breaker');
  }
}
