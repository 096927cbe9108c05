import { describe, expect, it } from '@jest/globals';
import { newRefreshToken, readRefreshToken } from './refresh-token.js';

describe('a refresh token', () => {
  it('is known again by its hashes, which do not contain it', () => {
    const { token, hashes } = newRefreshToken();
    expect(readRefreshToken(token)?.hashes).toEqual(hashes);
    expect(JSON.stringify(hashes)).not.toContain(token);
  });

  it('shares its family with the next and nothing else', () => {
    const first = newRefreshToken();
    const next = newRefreshToken(first);
    expect(next.hashes.family).toBe(first.hashes.family);
    expect(next.hashes.secret).not.toBe(first.hashes.secret);
    expect(newRefreshToken().hashes.family).not.toBe(first.hashes.family);
  });

  it.each(['', 'x', 'a'.repeat(63), 'a'.repeat(65), `${'a'.repeat(63)}=`, `${'a'.repeat(63)}.`])(
    'is not to be seen in "%s"',
    (text) => {
      expect(readRefreshToken(text)).toBeUndefined();
    },
  );
});
