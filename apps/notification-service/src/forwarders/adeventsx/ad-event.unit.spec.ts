import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toAdEventsX, toCents, toEpochSeconds } from './ad-event.js';

/** Half up by the digits alone: everything from the third decimal on is one question about its first digit. */
function centsByDigits(value: string): number {
  const [whole = '', fraction = ''] = value.replace('-', '').split('.');
  const padded = fraction.padEnd(3, '0');
  const cents = BigInt(whole + padded.slice(0, 2)) + (padded.charAt(2) >= '5' ? 1n : 0n);
  return Number(value.startsWith('-') && cents > 0n ? -cents : cents);
}

const decimals = fc.stringMatching(/^-?[0-9]{1,13}(\.[0-9]{1,20})?$/);

describe('an amount in cents', () => {
  it.each([
    ['0', 0],
    ['12', 1_200],
    ['19.99', 1_999],
    ['1.005', 101],
    ['0.285', 29],
    ['1.115', 112],
    ['8.165', 817],
    ['1.004999999999999999999999', 100],
    ['0.005', 1],
    ['0.00499', 0],
    ['1.0050000000000001', 101],
    ['90071992547409.91', 9_007_199_254_740_991],
    ['-1.005', -101],
    ['-19.99', -1_999],
    ['-0.001', 0],
  ])('of %s is %i', (value, cents) => {
    expect(toCents(value)).toBe(cents);
  });

  it('is what counting by digits gives, for any amount', () => {
    fc.assert(
      fc.property(decimals, (value) => expect(toCents(value)).toBe(centsByDigits(value))),
      { numRuns: 2_000 },
    );
  });
});

describe('a time in seconds', () => {
  it.each([
    ['seconds', 1_795_161_600, 1_795_161_600],
    ['milliseconds', 1_795_161_600_000, 1_795_161_600],
    ['milliseconds just before the next second', 1_795_161_600_999, 1_795_161_600],
    ['a fraction of a second', 1_795_161_600.9, 1_795_161_600],
    ['the beginning', 0, 0],
    ['the last that is taken for seconds', 99_999_999_999, 99_999_999_999],
    ['the first that is taken for milliseconds', 100_000_000_000, 100_000_000],
  ])('out of %s', (_, epoch, seconds) => {
    expect(toEpochSeconds(epoch)).toBe(seconds);
  });

  it('is the same whichever way it was said, from 1973 to 5138', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100_000_000, max: 99_999_999_999 }), fc.integer({ min: 0, max: 999 }), (s, ms) => {
        expect(toEpochSeconds(s)).toBe(s);
        expect(toEpochSeconds(s * 1_000 + ms)).toBe(s);
      }),
    );
  });
});

describe('an event', () => {
  it('is sent with AdEventsX’s own names', () => {
    const event = {
      event_id: 'evt-1001',
      user_id: 'user-7',
      event_name: 'purchase',
      event_time_epoch: 1_795_161_600_123,
      value: '19.995',
      campaign_id: 'autumn-2026',
    };
    expect(toAdEventsX(event)).toEqual({
      id: 'evt-1001',
      user: 'user-7',
      name: 'purchase',
      ts: 1_795_161_600,
      value_cents: 2_000,
      campaign: 'autumn-2026',
      source: 'internal_martech',
    });
  });
});
