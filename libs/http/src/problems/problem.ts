import { HttpException } from '@nestjs/common';
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode, UsherError } from '#kernel';
import { fromMongoError } from '#persistence';
import { PROBLEMS } from './problems.js';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** A problem document as RFC 9457 defines it, with the extension members `code`, `trace_id` and `errors`, and those of OAuth. */
export const problemSchema = z
  .object({
    type: z.url().describe('An address that explains the problem'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().describe('The path that was asked for'),
    code: z.enum(ERROR_CODES).describe('Stable: what programs tell problems apart by'),
    trace_id: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), message: z.string() }))
      .optional()
      .describe('Each thing that is wrong with the input'),
    error: z.string().optional().describe('What OAuth calls it, at the token endpoint (RFC 6749, section 5.2)'),
    error_description: z.string().optional().describe('`detail`, as OAuth may have it'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  408: 'timeout',
  409: 'conflict',
  412: 'precondition-failed',
  413: 'payload-too-large',
  // Fastify's answer to an over-long path parameter: it names nothing.
  414: 'not-found',
  415: 'unsupported-media-type',
  429: 'rate-limited',
  503: 'unavailable',
  504: 'timeout',
};

/** Any thrown thing as an UsherError; what was not thrown on purpose becomes `internal-error` with its cause. */
export function toUsherError(thrown: unknown): UsherError {
  const error = fromMongoError(thrown);
  if (error instanceof UsherError) return error;
  const status = statusOf(error);
  if (status === undefined || (status >= 500 && !(status in CODE_BY_STATUS)))
    return new UsherError('internal-error', 'An unexpected error occurred.', { cause: thrown });
  const code = CODE_BY_STATUS[status] ?? 'malformed-request';
  return new UsherError(code, detailOf(code, error), { cause: thrown, retryable: status >= 500 });
}

/** The status that Nest's and Fastify's own errors carry. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return error instanceof Error && typeof statusCode === 'number' && statusCode >= 400 ? statusCode : undefined;
}

function detailOf(code: ErrorCode, error: unknown): string {
  if (code === 'not-found') return 'There is nothing at this address.';
  return error instanceof Error && error.message !== '' ? error.message : PROBLEMS[code].title;
}

/** The problem document for an error. */
export function toProblem(error: UsherError, about: { publicUrl: string; instance: string; traceId: string }): Problem {
  const { status, title } = PROBLEMS[error.code];
  return {
    type: `${about.publicUrl}/problems/${error.code}`,
    title,
    status,
    detail: error.detail,
    instance: about.instance,
    code: error.code,
    trace_id: about.traceId,
    ...(error.errors.length === 0 ? {} : { errors: [...error.errors] }),
  };
}
