import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { UsherError } from '#kernel';
import { TEXT_INSTEAD } from '../endpoint.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Whether the client would rather have the endpoint's `answersText` than JSON (RFC 9110, section 12.5.1), which is what it
 * gets where it does not mind: `@PrefersText() asText: boolean`. The answer then varies, and is of that type. Throws
 * `not-acceptable` where it wants neither.
 */
export const PrefersText = createParamDecorator((_: unknown, context: ExecutionContext): boolean => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const reply = context.switchToHttp().getResponse<FastifyReply>();
  const text = Reflect.getMetadata(TEXT_INSTEAD, context.getHandler()) as string | undefined;
  if (text === undefined) throw new TypeError(`${context.getHandler().name} has no text to prefer.`);
  varyOn('Accept', reply);
  const type = preferredType(request.headers.accept, [JSON_TYPE, text]);
  if (type === text) void reply.header('Content-Type', text);
  return type === text;
});

/** The first of `offered` that a client wants most; parameters of what is offered need not be asked for. */
export function preferredType(accept: string | undefined, offered: readonly string[]): string {
  const headers = accept === undefined || accept.trim() === '' ? {} : { accept };
  const type = new Negotiator({ headers }).mediaType(offered);
  if (type !== undefined) return type;
  const names = offered.map((offer) => offer.split(';', 1)[0]);
  throw new UsherError('not-acceptable', `The answer may be had as ${names.join(' or ')}.`);
}

function varyOn(name: string, reply: FastifyReply): void {
  const already = reply.getHeader('Vary');
  void reply.header('Vary', already === undefined ? name : `${String(already)}, ${name}`);
}
