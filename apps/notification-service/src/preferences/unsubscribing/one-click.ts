import { finished } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { bytesWhereTaken } from '#http';
import { UsherError } from '#kernel';

/** In either of them mail programs send their click (RFC 8058, section 3.1). */
const FORMS = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** The one field of the form, and its value. */
export const ONE_CLICK = ['List-Unsubscribe', 'One-Click'] as const;
const [FIELD, CLICK] = ONE_CLICK;

/** A route that takes the click. Stands below `@Endpoint`. */
export const TakesOneClick = (): MethodDecorator =>
  applyDecorators(
    RouteConfig({ takesBytes: true }),
    ApiConsumes(...FORMS),
    ApiBody({
      schema: { type: 'object', properties: { [FIELD]: { type: 'string', enum: [CLICK] } }, required: [FIELD] },
    }),
  );

/** Lets forms through to the routes that take them. */
export function letFormsThrough(instance: FastifyInstance): void {
  instance.addContentTypeParser(FORMS, { parseAs: 'buffer' }, bytesWhereTaken);
}

/** Throws `validation-failed` where the body is not the form by which a mail program, or our own page, unsubscribes. */
export async function requireOneClick(body: unknown, mediaType: string): Promise<void> {
  if (Buffer.isBuffer(body) && (await valueOf(FIELD, body, mediaType)) === CLICK) return;
  throw new UsherError('validation-failed', 'The body is not the form that RFC 8058 has for this.', {
    errors: [{ pointer: `/${FIELD}`, message: `must be ${CLICK}` }],
  });
}

/** A field of the form; undefined where there is none, or no such form. */
async function valueOf(field: string, body: Buffer, mediaType: string): Promise<string | undefined> {
  const values: string[] = [];
  try {
    const parser = new Busboy({ headers: { 'content-type': mediaType } });
    parser.on('field', (name, value) => {
      if (name === field) values.push(value);
    });
    await finished(parser.end(body));
  } catch {
    return undefined;
  }
  return values.at(0);
}
