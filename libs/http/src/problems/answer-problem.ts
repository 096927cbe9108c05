import type { FastifyReply, FastifyRequest } from 'fastify';
import type { UsherError } from '#kernel';
import { contextOf } from '../request-context.js';
import { PROBLEM_CONTENT_TYPE, type Problem, toProblem } from './problem.js';

/** The problem document that answers `request` with `error`. */
export const problemFor = (error: UsherError, request: FastifyRequest, publicUrl: string): Problem =>
  toProblem(error, { publicUrl, instance: pathOf(request), traceId: contextOf(request).trace.traceId });

/** Sends `error` as a problem document, with the headers that its status asks for. */
export function answerProblem(
  error: UsherError,
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string,
): void {
  const problem = problemFor(error, request, publicUrl);
  if (problem.status === 401) void reply.header('WWW-Authenticate', challenge(error));
  if (error.retryAfter !== undefined) void reply.header('Retry-After', Math.max(1, Math.ceil(error.retryAfter)));
  // As bytes: to a string Fastify would add a `charset`, which the media type does not have.
  const body = Buffer.from(JSON.stringify(problem));
  void reply.status(problem.status).header('Content-Type', PROBLEM_CONTENT_TYPE).send(body);
}

/** RFC 6750, section 3: without credentials no error is named. */
const challenge = (error: UsherError): string =>
  error.code === 'invalid-token'
    ? `Bearer realm="usher", error="invalid_token", error_description="${error.detail.replaceAll(/["\\]/g, "'")}"`
    : 'Bearer realm="usher"';

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '/';
