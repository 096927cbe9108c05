import { describe, expect, it } from '@jest/globals';
import { type Scope, SCOPES } from '#contracts';
import { UsherError } from '#kernel';
import { type Access, requireAccess } from './access.js';
import { hasScope, type Principal } from './principal.js';

const caller = (about: Pick<Principal, 'roles' | 'scopes'>): Principal => ({
  id: 'a'.repeat(24),
  username: 'somebody',
  expiresAt: new Date('2026-11-20T10:00:00Z'),
  tokenId: '1',
  ...about,
});

const CALLERS = {
  nobody: undefined,
  user: caller({ roles: ['user'], scopes: [] }),
  admin: caller({ roles: ['user', 'admin'], scopes: [] }),
  publisher: caller({ roles: [], scopes: ['bus:publish'] }),
  reader: caller({ roles: [], scopes: ['bus:read'] }),
  'admin client': caller({ roles: [], scopes: ['admin'] }),
};

/** What comes of a call: the code of the refusal, or that there is none. */
function outcome(principal: Principal | undefined, access: Access, scope?: Scope): string {
  try {
    requireAccess(principal, { access, scope });
    return 'ok';
  } catch (error) {
    return error instanceof UsherError ? error.code : String(error);
  }
}

describe('who may call', () => {
  const [no, may, not, lacks] = ['unauthenticated', 'ok', 'forbidden', 'insufficient-scope'];

  // prettier-ignore
  it.each<[Access, Scope | undefined, ...string[]]>([
    //                                   nobody user  admin  publisher reader admin client
    ['anonymous', undefined,              may,   may,  may,   may,      may,   may],
    ['anyone',    undefined,              may,   may,  may,   may,      may,   may],
    ['signed-in', undefined,              no,    may,  may,   not,      not,   not],
    ['admin',     undefined,              no,    not,  may,   not,      not,   not],
    ['signed-in', 'bus:publish',          no,    may,  may,   may,      lacks, may],
    ['admin',     'bus:publish',          no,    not,  may,   may,      lacks, may],
    ['admin',     'subscriptions:write',  no,    not,  may,   lacks,    lacks, may],
    ['admin',     'admin',                no,    not,  may,   lacks,    lacks, may],
  ])('a route for %s, and clients with %s', (access, scope, ...expected) => {
    expect(Object.values(CALLERS).map((principal) => outcome(principal, access, scope))).toEqual(expected);
  });

  it('is told which scope is missing', () => {
    expect(() => requireAccess(CALLERS.reader, { access: 'admin', scope: 'bus:publish' })).toThrow(
      expect.objectContaining({ scope: 'bus:publish', detail: expect.stringContaining('bus:publish') }),
    );
  });
});

describe('a scope', () => {
  it('is had by name, or with admin, as a scope or as a role', () => {
    for (const scope of SCOPES) {
      expect(hasScope(CALLERS.admin, scope)).toBe(true);
      expect(hasScope(CALLERS['admin client'], scope)).toBe(true);
      expect(hasScope(CALLERS.publisher, scope)).toBe(scope === 'bus:publish');
      expect(hasScope(CALLERS.user, scope)).toBe(false);
    }
  });
});
