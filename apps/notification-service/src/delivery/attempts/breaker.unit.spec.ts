import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { admit, afterFailure, type Breaker, CLOSED, FAILURES_TO_OPEN, PROBE_MS } from './breaker.js';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const after = (ms: number): Date => new Date(NOW.getTime() + ms);

const failed = (times: number, how = { probe: false }, from = CLOSED): Breaker =>
  Array.from({ length: times }).reduce<Breaker>((breaker) => afterFailure(breaker, how, NOW), from);

describe('the breaker of a destination', () => {
  it('lets everything pass until five have failed in a row', () => {
    for (let failures = 0; failures < FAILURES_TO_OPEN; failures += 1)
      expect(admit(failed(failures), NOW)).toEqual({ kind: 'pass' });
    expect(admit(failed(FAILURES_TO_OPEN), NOW)).toEqual({ kind: 'wait', until: after(30_000) });
  });

  it('opens once, whatever else was under way', () => {
    expect(failed(FAILURES_TO_OPEN + 10).open_until).toEqual(after(30_000));
    expect(failed(FAILURES_TO_OPEN + 10).openings).toBe(1);
  });

  it('lets one pass after its time, and holds the others back meanwhile', () => {
    const open = failed(FAILURES_TO_OPEN);
    const admission = admit(open, after(30_000));
    expect(admission).toMatchObject({ kind: 'probe' });
    const probing = admission.kind === 'probe' ? admission.state : CLOSED;
    expect(admit(probing, after(30_001))).toEqual({ kind: 'wait', until: after(30_000 + PROBE_MS) });
  });

  it('doubles its time with each probe that fails, to ten minutes', () => {
    let breaker = failed(FAILURES_TO_OPEN);
    const times = Array.from({ length: 7 }, () => {
      const seconds = (breaker.open_until!.getTime() - NOW.getTime()) / 1000;
      breaker = afterFailure(breaker, { probe: true }, NOW);
      return seconds;
    });
    expect(times).toEqual([30, 60, 120, 240, 480, 600, 600]);
  });

  it('is never open for longer than ten minutes, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (probes) => {
        const breaker = probes.reduce<Breaker>((state, probe) => afterFailure(state, { probe }, NOW), CLOSED);
        expect((breaker.open_until?.getTime() ?? 0) - NOW.getTime()).toBeLessThanOrEqual(600_000);
        expect(breaker.failures).toBe(probes.length);
      }),
    );
  });
});
