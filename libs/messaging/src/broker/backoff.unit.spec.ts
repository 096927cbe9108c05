import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './backoff.js';

describe('the backoff', () => {
  it('follows the table, whose last row repeats', () => {
    const middle = [1, 2, 3, 4, 5, 6, 7, 1_000].map((attempt) => backoffMs(attempt, () => 0.5));
    expect(middle).toEqual([100, 250, 500, 1_000, 2_500, 5_000, 5_000, 5_000]);
  });

  it('strays by a tenth at most, so that instances do not come back all at once', () => {
    expect([backoffMs(1, () => 0), backoffMs(1, () => 1)]).toEqual([90, 110]);
  });
});
