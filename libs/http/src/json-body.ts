import type { FastifyInstance } from 'fastify';
import { UsherError } from '#kernel';
import { refuseInsaneJson } from './validation/body-sanity.js';

const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

/**
 * JSON in UTF-8 is all that is read, unless a route adds a parser of its own; anything else is 415. An empty body is no
 * body. `__proto__` and the like are refused by Fastify's parser.
 */
export function readJsonOnly(instance: FastifyInstance): void {
  const parse = instance.getDefaultJsonParser('error', 'error');
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser(JSON_TYPES, { parseAs: 'buffer' }, (request, body, done) => {
    const { 'content-encoding': encoding = 'identity' } = request.headers;
    if (encoding !== 'identity') {
      done(new UsherError('unsupported-media-type', 'Bodies are not taken compressed.'));
      return;
    }
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer);
    } catch (cause) {
      done(new UsherError('malformed-request', 'The body is not UTF-8.', { cause }));
      return;
    }
    void parse(request, text, (error: Error | null, value?: unknown) => {
      if (error !== null) done(new UsherError('malformed-request', 'The body is not valid JSON.', { cause: error }));
      else done(null, value);
    });
  });
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
