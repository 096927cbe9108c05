import { describe, expect, it } from '@jest/globals';
import {
  changeSubscription,
  DEFAULTS,
  disableSubscription,
  MAX_SECRETS,
  newSubscription,
  rotateSecret,
  SECRET_OVERLAP_MS,
  setEnabled,
  type Subscription,
  validSecrets,
} from './subscription.js';

const now = new Date('2026-11-20T10:00:00.000Z');
const after = (ms: number): Date => new Date(now.getTime() + ms);
const later = after(60_000);

const given = newSubscription(
  {
    id: 'a'.repeat(24),
    owner: { id: 'b'.repeat(24), username: 'ada' },
    audience: 'public',
    details: { ...DEFAULTS, protocol: 'HTTP', sink: 'https://example.com/' },
    sealed: 'first',
  },
  now,
);

const sealedAt = (state: Subscription, at: Date): string[] => validSecrets(state, at).map(({ sealed }) => sealed);

describe('a subscription', () => {
  it('begins enabled, at version 1, with one secret', () => {
    expect(given).toMatchObject({ version: 1, config: { enabled: true }, disabled_reason: null });
    expect(sealedAt(given, after(1e12))).toEqual(['first']);
  });

  it('changed: has another version', () => {
    const changed = changeSubscription(given, { source: '/a' }, later);
    expect(changed).toEqual({ ...given, source: '/a', version: 2, updated_at: later });
  });

  it('changed to what it is: stays as it is', () => {
    expect(changeSubscription(given, { filters: [], types: null }, later)).toBe(given);
    expect(setEnabled(given, true, later)).toBe(given);
  });

  it('sees what its owner may see by now', () => {
    expect(changeSubscription(given, { audience: 'everything' }, later)).toMatchObject({
      audience: 'everything',
      version: 2,
    });
  });
});

describe('pausing', () => {
  const paused = setEnabled(given, false, later);

  it('paused, then resumed', () => {
    expect(paused).toMatchObject({ config: { enabled: false }, disabled_reason: null, version: 2 });
    expect(setEnabled(paused, true, later)).toMatchObject({ config: { enabled: true }, version: 3 });
  });

  it('disabled: says why, until it is resumed', () => {
    const disabled = disableSubscription(given, 'sink-gone', later);
    expect(disabled).toMatchObject({ config: { enabled: false }, disabled_reason: 'sink-gone', version: 2 });
    expect(changeSubscription(disabled, { sink: 'https://example.org/' }, later).disabled_reason).toBe('sink-gone');
    expect(setEnabled(disabled, true, later)).toMatchObject({ config: { enabled: true }, disabled_reason: null });
  });

  it('disabled when it is paused: its owner paused it', () => {
    expect(disableSubscription(paused, 'sink-gone', later)).toBe(paused);
  });
});

describe('rotating the secret', () => {
  const rotated = rotateSecret(given, 'second', now);

  it('signs with both for a day, the newest first, and then with the new one', () => {
    expect(sealedAt(rotated!, now)).toEqual(['second', 'first']);
    expect(sealedAt(rotated!, after(SECRET_OVERLAP_MS - 1))).toEqual(['second', 'first']);
    expect(sealedAt(rotated!, after(SECRET_OVERLAP_MS))).toEqual(['second']);
  });

  it('again: does not lengthen the life of the oldest', () => {
    const again = rotateSecret(rotated!, 'third', after(1_000));
    expect(sealedAt(again!, after(2_000))).toEqual(['third', 'second', 'first']);
    expect(sealedAt(again!, after(SECRET_OVERLAP_MS))).toEqual(['third', 'second']);
  });

  it('too often: not until old ones have expired', () => {
    let state: Subscription = given;
    for (let n = 1; n < MAX_SECRETS; n += 1) state = rotateSecret(state, `s${n}`, now)!;
    expect(rotateSecret(state, 'more', now)).toBeUndefined();
    expect(rotateSecret(state, 'more', after(SECRET_OVERLAP_MS))?.secrets).toHaveLength(2);
  });
});
