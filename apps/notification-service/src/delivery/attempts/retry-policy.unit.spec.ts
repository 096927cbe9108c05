import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { retryAt, WEBHOOK_RETRIES } from './retry-policy.js';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const HOUR = 3_600;
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** Seconds until the next attempt; null where there is none. */
const waitAfter = (
  tries: number,
  how: { random?: number; maxTries?: number; retryAfter?: number } = {},
): number | null => {
  const { random = 0.5, maxTries = 10, retryAfter } = how;
  const at = retryAt(WEBHOOK_RETRIES, { tries, maxTries, retryAfter }, NOW, random);
  return at === null ? null : (at.getTime() - NOW.getTime()) / 1000;
};

describe('the schedule of webhooks', () => {
  it('is the one that is documented, and ends', () => {
    const waits = Array.from({ length: 10 }, (_, index) => waitAfter(index + 1));
    expect(waits).toEqual([5, 300, 1_800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR, null]);
  });

  it('is spread by a tenth at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), random, (tries, random) => {
        const planned = WEBHOOK_RETRIES.waits[tries - 1]!;
        const wait = waitAfter(tries, { random })!;
        expect(wait).toBeGreaterThanOrEqual(planned * 0.9 - 0.001);
        expect(wait).toBeLessThanOrEqual(planned * 1.1 + 0.001);
      }),
    );
  });

  it('ends early where the subscription says so', () => {
    expect(waitAfter(2, { maxTries: 3 })).toBe(300);
    expect(waitAfter(3, { maxTries: 3 })).toBeNull();
    expect(waitAfter(1, { maxTries: 1 })).toBeNull();
  });

  it('never undercuts what the receiver asks for, up to a day, and is not lengthened by it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 10 ** 9 }),
        random,
        (tries, retryAfter, random) => {
          const asked = Math.min(Math.max(retryAfter, 1), 24 * HOUR);
          const wait = waitAfter(tries, { retryAfter, random })!;
          expect(wait).toBeGreaterThanOrEqual(asked);
          expect(wait).toBeLessThanOrEqual(asked * 1.1 + 0.001);
        },
      ),
    );
    expect(waitAfter(10, { retryAfter: 1 })).toBeNull();
  });
});
