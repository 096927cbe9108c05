import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { PAGED } from '../endpoint.js';
import type { HttpSettings } from '../settings.js';
import { HTTP_SETTINGS } from '../tokens.js';
import { Answer, type AnswerHead } from './answer.js';
import { entityTag, namesTag } from './entity-tag.js';
import { Precondition } from './precondition.js';

/** Writes what an `Answer` says into headers, answers 304 where the client has that version, and links a page to the next. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const paged = this.reflector.get<boolean | undefined>(PAGED, context.getHandler()) === true;
    return next.handle().pipe(
      map((result: unknown) => {
        const body = result instanceof Answer ? this.unwrap(result as Answer<unknown>, request, reply) : result;
        if (paged && !(body instanceof StreamableFile)) this.linkNext(body, request, reply);
        return body;
      }),
    );
  }

  private unwrap({ body, head }: Answer<unknown>, request: FastifyRequest, reply: FastifyReply): unknown {
    this.writeHead(head, reply);
    if (head.version === undefined || !['GET', 'HEAD'].includes(request.method)) return body;
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    new Precondition(ifMatch).require(head.version);
    if (ifNoneMatch === undefined || !namesTag(ifNoneMatch, entityTag(head.version, head.revision))) return body;
    void reply.status(304);
    return undefined;
  }

  private writeHead({ status, version, revision, location, headers }: AnswerHead, reply: FastifyReply): void {
    if (status !== undefined) void reply.status(status);
    if (version !== undefined) void reply.header('ETag', entityTag(version, revision));
    if (location !== undefined) void reply.header('Location', location);
    if (headers !== undefined) void reply.headers(headers);
  }

  private linkNext(body: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { next_cursor: cursor } = body as { next_cursor: string | null };
    if (cursor === null) return;
    const url = new URL(request.url, this.settings.publicUrl);
    url.searchParams.set('cursor', cursor);
    void reply.header('Link', `<${this.settings.publicUrl}${url.pathname}${url.search}>; rel="next"`);
  }
}
