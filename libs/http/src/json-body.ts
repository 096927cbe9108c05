import type { FastifyBodyParser, FastifyInstance } from 'fastify';
import { UsherError } from '#kernel';
import { refuseInsaneJson } from './validation/body-sanity.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    takesBytes?: boolean;
  }
}

const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

/** Fastify's way to parse a body that it has read into a buffer. */
export type BodyParser = FastifyBodyParser<Buffer>;

/**
 * JSON in UTF-8 is all that is read, unless a route adds a parser of its own; anything else is 415. An empty body is no
 * body. `__proto__` and the like are refused by Fastify's parser.
 */
export function readJsonOnly(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser(JSON_TYPES, { parseAs: 'buffer' }, jsonBodyParser(instance));
  instance.addHook('preValidation', (request, _reply, done) => {
    try {
      refuseInsaneJson(request.query, '/query');
      if (!Buffer.isBuffer(request.body)) refuseInsaneJson(request.body);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Reads a body as JSON with the same care as everywhere, for a feature that takes more types than those of {@link readJsonOnly}. */
export function jsonBodyParser(instance: FastifyInstance): BodyParser {
  const parse = instance.getDefaultJsonParser('error', 'error');
  return uncompressed((request, body, done) => {
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    } catch (cause) {
      done(new UsherError('malformed-request', 'The body is not UTF-8.', { cause }));
      return;
    }
    void parse(request, text, (error: Error | null, value?: unknown) => {
      if (error !== null) done(new UsherError('malformed-request', 'The body is not valid JSON.', { cause: error }));
      else done(null, value);
    });
  });
}

const bytes = uncompressed((_request, body, done) => {
  done(null, body.length === 0 ? undefined : body);
});

/**
 * Hands a body on as the bytes that it is, an empty one as none, on routes whose `RouteConfig` says `takesBytes`; on
 * others the media type is 415. For types that only some routes take.
 */
export const bytesWhereTaken: BodyParser = (request, body, done) => {
  if (request.is404) done(null, undefined);
  else if (request.routeOptions.config.takesBytes === true) void bytes(request, body, done);
  else done(new UsherError('unsupported-media-type', 'Send JSON with `Content-Type: application/json`.'));
};

function uncompressed(parser: BodyParser): BodyParser {
  return (request, body, done) => {
    const { 'content-encoding': encoding = 'identity' } = request.headers;
    if (encoding === 'identity') void parser(request, body, done);
    else done(new UsherError('unsupported-media-type', 'Bodies are not taken compressed.'));
  };
}
