import { BadRequestException, ForbiddenException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { ERROR_CODES, UsherError } from '#kernel';
import { problemSchema, toProblem, toUsherError } from './problem.js';
import { PROBLEMS } from './problems.js';

/** The contract: a code, once given out, keeps its status. New codes are added here; no line is ever changed. */
const STATUSES: Record<string, number> = {
  'validation-failed': 400,
  'malformed-request': 400,
  'unsupported-media-type': 415,
  'not-acceptable': 406,
  'payload-too-large': 413,
  unauthenticated: 401,
  'invalid-credentials': 401,
  'invalid-token': 401,
  'unsupported-grant-type': 400,
  'invalid-scope': 400,
  forbidden: 403,
  'insufficient-scope': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'email-taken': 409,
  'username-taken': 409,
  'capacity-below-booked': 409,
  'event-not-scheduled': 409,
  'event-full': 409,
  'already-booked': 409,
  'event-not-bookable': 422,
  'already-checked-in': 409,
  'booking-not-confirmed': 409,
  'partner-unavailable': 503,
  'partner-failed': 502,
  'partner-invalid-answer': 502,
  'partner-timeout': 504,
  'partner-refused': 422,
  'schema-mismatch': 422,
  'schema-incompatible': 409,
  'template-invalid': 422,
  conflict: 409,
  'precondition-failed': 412,
  'idempotency-key-reused': 422,
  'idempotency-in-flight': 409,
  'rate-limited': 429,
  unavailable: 503,
  timeout: 504,
  'internal-error': 500,
};

const about = { publicUrl: 'http://usher.test', instance: '/v1/events', traceId: '0'.repeat(32) };

describe('error codes', () => {
  it('have the statuses that clients know them by', () => {
    expect(Object.fromEntries(ERROR_CODES.map((code) => [code, PROBLEMS[code].status]))).toEqual(STATUSES);
  });

  it.each(ERROR_CODES)('%s is explained', (code) => {
    const { title, explanation } = PROBLEMS[code];
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(title.length).toBeGreaterThan(5);
    expect(explanation).toMatch(/\.$/);
  });

  it.each(ERROR_CODES)('%s makes a problem document that fits its schema', (code) => {
    const problem = toProblem(new UsherError(code, 'So it is.'), about);
    expect(problemSchema.parse(problem)).toEqual(problem);
    expect(problem).not.toHaveProperty('errors');
  });
});

describe('what was thrown', () => {
  it.each<[string, unknown, string]>([
    ['an error of ours', new UsherError('email-taken', 'x'), 'email-taken'],
    ['Nest: bad request', new BadRequestException(), 'malformed-request'],
    ['Nest: forbidden', new ForbiddenException(), 'forbidden'],
    ['Nest: not found', new NotFoundException('Cannot GET /etc/passwd'), 'not-found'],
    ['Fastify: too large', Object.assign(new Error('x'), { statusCode: 413 }), 'payload-too-large'],
    ['Fastify: a fault', Object.assign(new Error('x'), { statusCode: 500 }), 'internal-error'],
    ['MongoDB is away', new mongoose.mongo.MongoNetworkError('x'), 'unavailable'],
    ['a bug', new TypeError('x is not a function'), 'internal-error'],
    ['a string', 'x', 'internal-error'],
    ['nothing', undefined, 'internal-error'],
    ['something with a status', { statusCode: 418 }, 'internal-error'],
  ])('%s', (_, thrown, code) => {
    const error = toUsherError(thrown);
    expect(error.code).toBe(code);
    if (code === 'internal-error') expect(error.detail).toBe('An unexpected error occurred.');
    if (code === 'not-found') expect(error.detail).not.toContain('passwd');
  });
});
