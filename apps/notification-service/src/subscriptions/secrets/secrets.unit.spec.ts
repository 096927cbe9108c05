import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SecretBox } from './secret-box.js';
import { isSigningSecret, newSigningSecret } from './signing-secret.js';

describe('a signing secret', () => {
  it('that is new is one, and no other', () => {
    expect(isSigningSecret(newSigningSecret())).toBe(true);
    expect(newSigningSecret()).not.toBe(newSigningSecret());
  });

  it.each([
    [23, false],
    [24, true],
    [64, true],
    [65, false],
  ])('has 24 to 64 bytes: %d', (bytes, good) => {
    expect(isSigningSecret(`whsec_${randomBytes(bytes).toString('base64')}`)).toBe(good);
  });

  it.each([
    '',
    'whsec_',
    'whsec_secret',
    `WHSEC_${'A'.repeat(32)}`,
    'A'.repeat(32),
    `whsec_${'A'.repeat(31)}`,
    `whsec_${'*'.repeat(32)}`,
  ])('is not: %s', (secret) => {
    expect(isSigningSecret(secret)).toBe(false);
  });
});

describe('the box', () => {
  const key = randomBytes(32).toString('base64');
  const box = new SecretBox(key);
  const sealed = box.seal('whsec_x', 'here');

  it('opens what it sealed, in the next process too', () => {
    expect(box.open(sealed, 'here')).toBe('whsec_x');
    expect(new SecretBox(key).open(sealed, 'here')).toBe('whsec_x');
  });

  it('tells nothing of it, not even that it is the same', () => {
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('whsec');
    expect(box.seal('whsec_x', 'here')).not.toBe(sealed);
  });

  it('does not open it elsewhere, with another key, or altered', () => {
    const altered = Buffer.from(sealed, 'base64');
    altered[altered.length - 1]! ^= 1;
    expect(() => box.open(sealed, 'there')).toThrow();
    expect(() => new SecretBox(randomBytes(32).toString('base64')).open(sealed, 'here')).toThrow();
    expect(() => box.open(altered.toString('base64'), 'here')).toThrow();
    expect(() => box.open(sealed.slice(0, 8), 'here')).toThrow();
  });
});
