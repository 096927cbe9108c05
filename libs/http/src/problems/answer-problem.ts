import type { FastifyReply, FastifyRequest } from 'fastify';
import type { UsherError } from '#kernel';
import { contextOf } from '../request-context.js';
import { challengeFor } from './challenge.js';
import { answersOAuthErrors, oauthErrorType, withOAuthError } from './oauth-error.js';
import { PROBLEM_CONTENT_TYPE, type Problem, toProblem } from './problem.js';

/** The problem document that answers `request` with `error`. */
export function problemFor(error: UsherError, request: FastifyRequest, publicUrl: string): Problem {
  const problem = toProblem(error, { publicUrl, instance: pathOf(request), traceId: contextOf(request).trace.traceId });
  return answersOAuthErrors(request) ? withOAuthError(problem) : problem;
}

/** Sends `error` as a problem document, with the headers that its status asks for. */
export function answerProblem(
  error: UsherError,
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string,
): void {
  const problem = problemFor(error, request, publicUrl);
  const atTokenEndpoint = answersOAuthErrors(request);
  const challenge = challengeFor(error, { atTokenEndpoint });
  if (challenge !== undefined) void reply.header('WWW-Authenticate', challenge);
  if (error.retryAfter !== undefined) void reply.header('Retry-After', Math.max(1, Math.ceil(error.retryAfter)));
  const type = atTokenEndpoint ? oauthErrorType(request) : PROBLEM_CONTENT_TYPE;
  // As bytes: to a string Fastify would add a `charset`, which the media type does not have.
  const body = Buffer.from(JSON.stringify(problem));
  void reply.status(problem.status).header('Content-Type', type).send(body);
}

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '/';
