import { describe, expect, it } from '@jest/globals';
import { CircuitState } from 'cockatiel';
import fc from 'fast-check';
import { FailureWindow } from './failure-window.js';

const LIMIT = { failures: 3, withinMs: 30_000 };

function openWindow() {
  const clock = { time: 0, now: () => new Date(clock.time) };
  return { clock, window: new FailureWindow(clock, LIMIT) };
}

describe('the window of failures', () => {
  it('opens on the third failure within 30 s, the first and last of them 30 s apart', () => {
    const { clock, window } = openWindow();
    expect(window.failure()).toBe(false);
    clock.time = 15_000;
    expect(window.failure()).toBe(false);
    clock.time = 30_000;
    expect(window.failure()).toBe(true);
  });

  it('does not where the first is longer ago', () => {
    const { clock, window } = openWindow();
    window.failure();
    window.failure();
    clock.time = 30_001;
    expect(window.failure()).toBe(false);
    expect(window.recent()).toHaveLength(1);
  });

  it('takes no account of what succeeds in between', () => {
    const { window } = openWindow();
    window.failure();
    window.success(CircuitState.Closed);
    window.failure();
    window.success(CircuitState.Closed);
    expect(window.failure()).toBe(true);
  });

  it('begins anew when a probe has succeeded', () => {
    const { window } = openWindow();
    for (let failure = 0; failure < 3; failure += 1) window.failure();
    window.success(CircuitState.HalfOpen);
    expect(window.failure()).toBe(false);
    expect(window.recent()).toHaveLength(1);
  });

  it('opens exactly when three have failed within 30 s, whatever happens when', () => {
    const step = fc.record({ afterMs: fc.integer({ min: 0, max: 25_000 }), fails: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { clock, window } = openWindow();
        const failures: number[] = [];
        for (const { afterMs, fails } of steps) {
          clock.time += afterMs;
          if (!fails) {
            window.success(CircuitState.Closed);
            continue;
          }
          failures.push(clock.time);
          const within = failures.filter((at) => clock.time - at <= LIMIT.withinMs);
          expect(window.failure()).toBe(within.length >= LIMIT.failures);
        }
      }),
    );
  });
});
