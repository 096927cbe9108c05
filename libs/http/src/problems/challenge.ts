import { InsufficientScope } from '#auth';
import type { UsherError } from '#kernel';
import { quotable } from './oauth-error.js';
import { PROBLEMS } from './problems.js';

const BEARER = 'Bearer realm="usher"';

/**
 * `WWW-Authenticate` for a refusal that other credentials would change; undefined for any other. Without credentials no error
 * is named (RFC 6750, section 3); clients authenticate themselves to a token endpoint by Basic (RFC 6749, section 5.2).
 */
export function challengeFor(error: UsherError, { atTokenEndpoint }: { atTokenEndpoint: boolean }): string | undefined {
  if (error instanceof InsufficientScope) return `${named('insufficient_scope', error)}, scope="${error.scope}"`;
  if (PROBLEMS[error.code].status !== 401) return undefined;
  if (atTokenEndpoint) return 'Basic realm="usher"';
  return error.code === 'invalid-token' ? named('invalid_token', error) : BEARER;
}

const named = (name: string, { detail }: UsherError): string =>
  `${BEARER}, error="${name}", error_description="${quotable(detail)}"`;
