import { describe, expect, it } from '@jest/globals';
import type { Scope } from '#contracts';
import { UsherError } from '#kernel';
import { grantScopes, newClient } from './client.js';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const registration = {
  id: 'a'.repeat(24),
  name: 'Order service',
  scopes: ['bus:publish', 'bus:read'] satisfies Scope[],
  created_by: { id: 'b'.repeat(24), username: 'admin' },
};

describe('a new client', () => {
  it('is as it was described, and has never been used', () => {
    expect(newClient(registration, NOW)).toEqual({ ...registration, created_at: NOW, last_used_at: null });
  });
});

describe('a client that asks for', () => {
  it.each<[string | undefined, Scope[]]>([
    [undefined, ['bus:publish', 'bus:read']],
    ['', ['bus:publish', 'bus:read']],
    ['  ', ['bus:publish', 'bus:read']],
    ['bus:read', ['bus:read']],
    ['bus:read bus:publish', ['bus:publish', 'bus:read']],
    [' bus:read  bus:read ', ['bus:read']],
  ])('%j gets %j', (asked, granted) => {
    expect(grantScopes(registration, asked)).toEqual(granted);
  });

  it.each(['admin', 'bus:read admin', 'bus:write', 'BUS:READ', 'bus', 'bus:read,bus:publish', 'bus:read\tadmin', '*'])(
    '%j is refused',
    (asked) => {
      expect(() => grantScopes(registration, asked)).toThrow(expect.objectContaining({ code: 'invalid-scope' }));
    },
  );

  it('what admin includes is refused, where it is not named', () => {
    expect(() => grantScopes({ scopes: ['admin'] }, 'bus:read')).toThrow(UsherError);
  });
});
