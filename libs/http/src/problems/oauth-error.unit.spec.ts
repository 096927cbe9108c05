import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { type ErrorCode, UsherError } from '#kernel';
import { oauthErrorType, quotable, withOAuthError } from './oauth-error.js';
import { toProblem } from './problem.js';

const about = { publicUrl: 'http://usher.test', instance: '/v1/auth/token', traceId: '0'.repeat(32) };

describe('a problem at the token endpoint', () => {
  it.each<[ErrorCode, string | undefined]>([
    ['invalid-credentials', 'invalid_client'],
    ['invalid-scope', 'invalid_scope'],
    ['unsupported-grant-type', 'unsupported_grant_type'],
    ['validation-failed', 'invalid_request'],
    ['malformed-request', 'invalid_request'],
    ['unsupported-media-type', 'invalid_request'],
    // Not the request's fault, and nothing that RFC 6749 has a name for here.
    ['rate-limited', undefined],
    ['unavailable', undefined],
    ['internal-error', undefined],
  ])('%s is called %s by OAuth', (code, error) => {
    const problem = toProblem(new UsherError(code, 'So it is.'), about);
    expect(withOAuthError(problem)).toEqual(
      error === undefined ? problem : { ...problem, error, error_description: 'So it is.' },
    );
  });

  it.each([
    [undefined, 'application/problem+json'],
    ['*/*', 'application/problem+json'],
    ['application/json, text/plain, */*', 'application/problem+json'],
    ['application/problem+json, application/json', 'application/problem+json'],
    ['application/json', 'application/json'],
    ['application/json;charset=UTF-8', 'application/json'],
    ['text/html', 'application/problem+json'],
    ['application/json, application/problem+json;q=0', 'application/json'],
  ])('goes to who accepts %s as %s', (accept, type) => {
    expect(oauthErrorType({ headers: { accept } } as FastifyRequest)).toBe(type);
  });

  it('describes itself in the characters that both RFCs allow', () => {
    expect(quotable('a "b" \\ c’s\nd! ~')).toBe("a 'b' ' c's'd! ~");
  });
});
