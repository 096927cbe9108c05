import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, concatMap, type Observable, of } from 'rxjs';
import { UsherError } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { NOT_KEPT } from '../endpoint.js';
import { problemFor } from '../problems/answer-problem.js';
import { PROBLEM_CONTENT_TYPE, toUsherError } from '../problems/problem.js';
import { callerOf } from '../rate-limit/rate-limit.options.js';
import type { HttpSettings } from '../settings.js';
import { HTTP_SETTINGS } from '../tokens.js';
import { IdempotencyRecords } from './idempotency.repository.js';
import { allocateResourceId } from './resource-id.decorator.js';
import { IdempotencySecret, type KeptAnswer } from './sealed-answer.js';

const MAX_KEY_LENGTH = 255;
const KEPT_HEADERS = ['location', 'etag', 'retry-after'] as const;
const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

/** `Idempotency-Key` on POSTs (draft-ietf-httpapi-idempotency-key-header): the first answer is the only one. Outermost. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly records: IdempotencyRecords,
    private readonly reflector: Reflector,
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || key === undefined) return next.handle();
    if (this.reflector.get<boolean | undefined>(NOT_KEPT, context.getHandler()) === true) return next.handle();

    const secret = new IdempotencySecret(callerOf(request), checked(key));
    const beginning = await this.records.begin(secret.id, secret.fingerprint(contentOf(request)));
    if (beginning.kind === 'answered') return of(replay(secret.open(beginning.answer), reply));
    const { attempt, resourceId } = beginning;
    allocateResourceId(request, resourceId);
    return next.handle().pipe(
      concatMap(async (body: unknown) => {
        await this.keep(secret, attempt, answered(body, reply));
        return body;
      }),
      catchError(async (thrown: unknown) => {
        await this.keep(secret, attempt, this.refused(thrown, request));
        throw thrown;
      }),
    );
  }

  /** Refusals are answers too, and kept, unless waiting could change them. */
  private refused(thrown: unknown, request: FastifyRequest): KeptAnswer | undefined {
    const problem = problemFor(toUsherError(thrown), request, this.settings.publicUrl);
    if (problem.status >= 500 || problem.status === 429) return undefined;
    return { status: problem.status, headers: { 'content-type': PROBLEM_CONTENT_TYPE }, body: JSON.stringify(problem) };
  }

  /** What was done is done: an answer that cannot be kept is given all the same, and repeating finds it by its resource id. */
  private async keep(secret: IdempotencySecret, attempt: string, answer: KeptAnswer | undefined): Promise<void> {
    try {
      if (answer === undefined) await this.records.reopen(secret.id, attempt);
      else await this.records.finish(secret.id, attempt, secret.seal(answer));
    } catch (error) {
      this.logger.warn({ err: error }, 'idempotency.not-kept');
    }
  }
}

function checked(key: string | string[]): string {
  if (typeof key === 'string' && key.length >= 1 && key.length <= MAX_KEY_LENGTH) return key;
  throw new UsherError('validation-failed', 'The Idempotency-Key is not valid.', {
    errors: [{ pointer: '/header/Idempotency-Key', message: `must have 1 to ${MAX_KEY_LENGTH} characters` }],
  });
}

const contentOf = (request: FastifyRequest): string =>
  `${request.method} ${request.url}\n${request.body === undefined ? '' : JSON.stringify(request.body)}`;

function answered(body: unknown, reply: FastifyReply): KeptAnswer {
  const headers: Record<string, string> = { 'content-type': JSON_CONTENT_TYPE };
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return { status: reply.statusCode, headers, body: body === undefined ? '' : JSON.stringify(body) };
}

/** As bytes, so that nothing is left to serialise and the answer is the first one to the letter. */
function replay({ status, headers, body }: KeptAnswer, reply: FastifyReply): Buffer | undefined {
  void reply.status(status).headers(headers).header('Idempotency-Replayed', 'true');
  if (body !== '') return Buffer.from(body);
  void reply.removeHeader('content-type');
  return undefined;
}
