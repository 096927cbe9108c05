import { BrokenCircuitError, circuitBreaker, CircuitState, ConsecutiveBreaker, handleType } from 'cockatiel';
import type { Logger, Metrics } from '#observability';
import { EventServiceAway } from './event-service-away.js';

/** Failures in a row that open it, and for how long. */
export const BREAKER = { failures: 5, openMs: 10_000 } as const;

const GAUGE = {
  [CircuitState.Closed]: 0,
  [CircuitState.Open]: 1,
  [CircuitState.Isolated]: 1,
  [CircuitState.HalfOpen]: 2,
} as const;

/**
 * The circuit breaker on calls to event-service. The first call after `openMs` finds out whether it is back, and those that
 * come meanwhile wait for what it finds out. One per instance.
 */
export class EventServiceBreaker {
  private readonly circuit = circuitBreaker(handleType(EventServiceAway), {
    breaker: new ConsecutiveBreaker(BREAKER.failures),
    halfOpenAfter: BREAKER.openMs,
  });
  private openUntil = 0;

  constructor(metrics: Metrics, logger: Logger) {
    this.circuit.onBreak(() => (this.openUntil = Date.now() + BREAKER.openMs));
    this.circuit.onStateChange((state) => {
      metrics.set('usher_enrichment_breaker_state', {}, GAUGE[state]);
      const line = { state: CircuitState[state] };
      if (state === CircuitState.Open) logger.warn(line, 'enrichment.breaker');
      else logger.info(line, 'enrichment.breaker');
    });
    metrics.set('usher_enrichment_breaker_state', {}, GAUGE[CircuitState.Closed]);
  }

  /** Throws EventServiceAway, `held-back` where the call was not begun. */
  async execute<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await this.circuit.execute(call);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      const retryAfter = Math.max(1, Math.ceil((this.openUntil - Date.now()) / 1_000));
      throw new EventServiceAway('held-back', { retryAfter, cause: error });
    }
  }
}
