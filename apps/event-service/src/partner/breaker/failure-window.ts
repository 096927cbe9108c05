import { CircuitState, type IBreaker } from 'cockatiel';
import type { Clock } from '#kernel';

/** When the breaker opens: as soon as `failures` calls have failed `withinMs`, whatever succeeded in between. */
export class FailureWindow implements IBreaker {
  /** When the latest failures were, in milliseconds, oldest first. */
  state: readonly number[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly limit: { failures: number; withinMs: number },
  ) {}

  success(state: CircuitState): void {
    if (state === CircuitState.HalfOpen) this.state = [];
  }

  failure(): boolean {
    this.state = [...this.recent(), this.clock.now().getTime()].slice(-this.limit.failures);
    return this.state.length === this.limit.failures;
  }

  /** The failures that still count, at most as many as open the breaker. */
  recent(): readonly number[] {
    const now = this.clock.now().getTime();
    return this.state.filter((at) => now - at <= this.limit.withinMs);
  }
}
