import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { UsherError } from '#kernel';

declare module 'fastify' {
  interface FastifyContextConfig {
    takesFile?: boolean;
  }
}

/** A route whose body is a file as multipart/form-data. It is not read before the handler reads it. */
export const TakesFile = (): MethodDecorator =>
  applyDecorators(
    RouteConfig({ takesFile: true }),
    ApiConsumes('multipart/form-data'),
    ApiBody({
      required: true,
      schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
    }),
  );

/** Lets multipart/form-data through to routes that take a file; everywhere else it stays 415, as any type but JSON. */
export function letFilesThrough(instance: FastifyInstance): void {
  instance.addContentTypeParser('multipart/form-data', (request, _payload, done) => {
    if (request.is404 || request.routeOptions.config.takesFile === true) done(null, undefined);
    else done(new UsherError('unsupported-media-type', 'Files are not taken here.'));
  });
  // The rest of a body that was refused half read goes nowhere, as Node does it with one that nobody has begun to read:
  // to leave it, or to close the connection, would keep a client that is still sending from seeing the answer.
  instance.addHook('onResponse', (request, _reply, done) => {
    if (request.routeOptions.config.takesFile === true) request.raw.resume();
    done();
  });
}
