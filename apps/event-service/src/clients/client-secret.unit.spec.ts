import { describe, expect, it } from '@jest/globals';
import { hashOf, isSecretOf, newClientSecret } from './client-secret.js';

describe('a client’s secret', () => {
  const secret = newClientSecret();

  it('is known for what it is, and has 256 random bits', () => {
    expect(secret).toMatch(/^usher_cs_[A-Za-z0-9_-]{43}$/);
    expect(new Set(Array.from({ length: 1_000 }, newClientSecret)).size).toBe(1_000);
  });

  it('is told from any other by its hash', () => {
    expect(hashOf(secret)).toMatch(/^[0-9a-f]{64}$/);
    expect(isSecretOf(secret, hashOf(secret))).toBe(true);
    for (const other of [
      newClientSecret(),
      secret.slice(0, -1),
      `${secret}A`,
      secret.toUpperCase(),
      '',
      hashOf(secret),
    ])
      expect(isSecretOf(other, hashOf(secret))).toBe(false);
  });

  it('is nobody’s where there is no hash', () => {
    for (const given of [secret, '', '0'.repeat(64)]) expect(isSecretOf(given)).toBe(false);
  });
});
