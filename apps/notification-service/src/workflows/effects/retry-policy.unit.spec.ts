import { expect, it } from '@jest/globals';
import { nextAttempt } from './retry-policy.js';

const now = new Date('2026-11-20T12:00:00.000Z');
const secondsAfter = (attempt: number, retryAfter?: number, chance = 0.5): number | undefined => {
  const at = nextAttempt(attempt, retryAfter, { now, chance });
  return at && (at.getTime() - now.getTime()) / 1000;
};

it('calls are tried again on a schedule, five times in all', () => {
  expect([1, 2, 3, 4, 5].map((attempt) => secondsAfter(attempt))).toEqual([5, 30, 120, 600, undefined]);
});

it('give or take a tenth', () => {
  expect([0, 1].map((chance) => secondsAfter(4, 0, chance))).toEqual([540, 660]);
});

it('not before the receiver wants it, and within an hour', () => {
  expect(secondsAfter(1, 60)).toBe(60);
  expect(secondsAfter(4, 60)).toBe(600);
  expect(secondsAfter(1, 1_000_000)).toBe(3_600);
});
