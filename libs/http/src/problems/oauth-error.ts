import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { ErrorCode } from '#kernel';
import { PROBLEM_CONTENT_TYPE, type Problem } from './problem.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** OAuth libraries call this route: its problems are OAuth's error answers as well. */
    oauthErrors?: boolean;
  }
}

const JSON_CONTENT_TYPE = 'application/json';
const ERRORS: Partial<Record<ErrorCode, string>> = {
  'invalid-credentials': 'invalid_client',
  'unsupported-grant-type': 'unsupported_grant_type',
  'invalid-scope': 'invalid_scope',
};

export const answersOAuthErrors = (request: FastifyRequest): boolean =>
  request.routeOptions.config.oauthErrors === true;

/** The problem with the members that an OAuth library looks for (RFC 6749, section 5.2), where the request is at fault. */
export function withOAuthError(problem: Problem): Problem {
  if (problem.status >= 500 || problem.status === 429) return problem;
  return { ...problem, error: ERRORS[problem.code] ?? 'invalid_request', error_description: quotable(problem.detail) };
}

/** OAuth's errors are `application/json`: a library that takes nothing else gets its problem as that. */
export function oauthErrorType({ headers: { accept = '*/*' } }: FastifyRequest): string {
  const [problem] = new Negotiator({ headers: { accept } }).mediaTypes([PROBLEM_CONTENT_TYPE]);
  // By its name, for libraries put a charset there, which the type does not have.
  return problem === undefined && accept.includes(JSON_CONTENT_TYPE) ? JSON_CONTENT_TYPE : PROBLEM_CONTENT_TYPE;
}

/** Text as both RFCs allow it in a description: ASCII without quotes and backslashes. */
export const quotable = (text: string): string => text.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, "'");
