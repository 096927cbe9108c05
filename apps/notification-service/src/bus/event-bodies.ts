import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiHeader, ApiOperation } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { type BodyParser, bytesWhereTaken, jsonBodyParser } from '#http';
import { UsherError } from '#kernel';
import { EVENT_BODIES, EVENT_HEADERS } from './event-bodies.openapi.js';
import { BATCH_TYPE } from './http-binding.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    takesEvents?: boolean;
  }
}

/** Bodies of batches, in bytes; those of single events are as large as any. */
const BATCH_LIMIT = 1_048_576;
const JSON_SUFFIX = /^application\/[\w.+-]+\+json(?:;|$)/i;

/** A route whose body is one event or a batch of them, by the HTTP binding of CloudEvents. Stands below `@Endpoint`. */
export const TakesEvents = (): MethodDecorator =>
  applyDecorators(
    RouteConfig({ takesEvents: true, takesBytes: true }),
    ApiOperation({ requestBody: { content: EVENT_BODIES } }),
    ...EVENT_HEADERS.map((header) => ApiHeader(header)),
  );

/**
 * Lets bodies of every media type through to routes that take events, JSON parsed and others as bytes: in binary mode
 * the body is the event's data, whatever they are. Everywhere else they stay 415.
 */
export function letEventsThrough(instance: FastifyInstance): void {
  const json = forEvents(jsonBodyParser(instance));
  instance.addContentTypeParser(BATCH_TYPE, { parseAs: 'buffer', bodyLimit: BATCH_LIMIT }, json);
  instance.addContentTypeParser(JSON_SUFFIX, { parseAs: 'buffer' }, json);
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, bytesWhereTaken);
}

const forEvents =
  (parser: BodyParser): BodyParser =>
  (request, body, done) => {
    if (request.is404) done(null, undefined);
    else if (request.routeOptions.config.takesEvents === true) void parser(request, body, done);
    else done(new UsherError('unsupported-media-type', 'Send JSON with `Content-Type: application/json`.'));
  };
