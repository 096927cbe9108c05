import type { Scope } from '#contracts';
import { UsherError } from '#kernel';
import { hasScope, isAdmin, isPerson, type Principal, requirePerson } from './principal.js';

/**
 * Which people may call a route: `anyone` is recognised where signed in, of an `anonymous` route's caller no credentials
 * are read.
 */
export type Access = 'anonymous' | 'anyone' | 'signed-in' | 'admin';

/** A service client's token does not have the scope that a route needs; HTTP says so in its challenge. */
export class InsufficientScope extends UsherError {
  constructor(readonly scope: Scope) {
    super('insufficient-scope', `This needs a token with the scope ${scope}.`);
  }
}

/**
 * Throws unless the caller may call a route of that access: `unauthenticated` where nobody is known, `forbidden` for a
 * person who is no admin, and for a service client `insufficient-scope`, or `forbidden` where no scope would help.
 *
 * @param scope What lets service clients call; without it none may.
 */
export function requireAccess(
  principal: Principal | undefined,
  { access, scope }: { access: Access; scope?: Scope | undefined },
): void {
  if (access === 'anonymous' || access === 'anyone') return;
  if (principal === undefined)
    throw new UsherError('unauthenticated', 'This needs an access token: sign in and send it as a bearer token.');
  if (isPerson(principal)) {
    if (access === 'admin' && !isAdmin(principal)) throw new UsherError('forbidden', 'Only admins may do this.');
  } else if (scope === undefined) requirePerson(principal);
  else if (!hasScope(principal, scope)) throw new InsufficientScope(scope);
}
