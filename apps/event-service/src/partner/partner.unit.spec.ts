import { describe, expect, it } from '@jest/globals';
import {
  FAILURES,
  type FailureKind,
  failureOfStatus,
  heldBack,
  isOfPartner,
  PartnerFailure,
  secondsOf,
  toProblem,
} from './partner.js';

const now = new Date('2026-11-20T10:00:00Z');

describe('a status', () => {
  it.each<[number, FailureKind | undefined]>([
    [200, undefined],
    [201, undefined],
    [204, undefined],
    [301, 'nonsense'],
    [304, 'nonsense'],
    [400, 'misunderstood'],
    [401, 'misunderstood'],
    [403, 'misunderstood'],
    [408, 'failed'],
    [418, 'misunderstood'],
    [429, 'busy'],
    [500, 'failed'],
    [502, 'failed'],
    [503, 'busy'],
    [504, 'failed'],
  ])('%i means %s', (status, kind) => {
    expect(failureOfStatus(status, [])).toBe(kind);
  });

  it('refuses what was asked where the endpoint refuses by it', () => {
    expect(failureOfStatus(404, [404])).toBe('refused');
    expect(failureOfStatus(404, [409])).toBe('misunderstood');
  });
});

describe('a failure', () => {
  it.each<[FailureKind, string, boolean]>([
    ['unreachable', 'partner-unavailable', true],
    ['busy', 'partner-unavailable', true],
    ['failed', 'partner-failed', true],
    ['late', 'partner-timeout', true],
    ['nonsense', 'partner-invalid-answer', true],
    ['refused', 'partner-refused', false],
    ['misunderstood', 'partner-invalid-answer', false],
  ])('%s is %s to the client, and is the partner’s own: %s', (kind, code, counts) => {
    const failure = new PartnerFailure(kind);
    expect(toProblem(failure)).toMatchObject({ code, retryable: counts, cause: failure });
    expect(isOfPartner(failure)).toBe(counts);
  });

  it('of another kind does not count', () => {
    expect(isOfPartner(new TypeError('a bug'))).toBe(false);
  });

  it.each(Object.keys(FAILURES) as FailureKind[])('%s says when to come back if the partner does', (kind) => {
    expect(toProblem(new PartnerFailure(kind, { retryAfter: 17 })).retryAfter).toBe(17);
  });

  it('says when to come back by itself only where nothing was done', () => {
    expect(toProblem(new PartnerFailure('busy')).retryAfter).toBe(5);
    expect(toProblem(new PartnerFailure('unreachable')).retryAfter).toBe(5);
    expect(toProblem(new PartnerFailure('late')).retryAfter).toBeUndefined();
  });

  it('gives the partner’s reason for refusing', () => {
    expect(toProblem(new PartnerFailure('refused', { words: 'no such user' })).detail).toBe(
      'The partner system refused the request. It says: no such user',
    );
  });
});

describe('Retry-After', () => {
  it.each<[string | undefined, number | undefined]>([
    [undefined, undefined],
    ['17', 17],
    ['0', 1],
    ['999999', 3_600],
    ['Fri, 20 Nov 2026 10:00:30 GMT', 30],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 1],
    ['soon', undefined],
    ['-5', 1],
    ['', undefined],
  ])('%p is %p seconds', (header, seconds) => {
    expect(secondsOf(header, now)).toBe(seconds);
  });

  it('of what is held back is the time to the next probe', () => {
    expect(heldBack(new Date(now.getTime() + 12_500), now).retryAfter).toBe(12.5);
    expect(heldBack(now, now).retryAfter).toBe(1);
  });
});
