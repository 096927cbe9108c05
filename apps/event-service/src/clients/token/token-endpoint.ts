import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { UsherError } from '#kernel';
import { tokenBody } from './token.dto.js';

const FORM = 'application/x-www-form-urlencoded';

declare module 'fastify' {
  interface FastifyContextConfig {
    takesForm?: boolean;
  }
}

/** The route that OAuth libraries call: they send forms, and look for OAuth's own members in what is answered. */
export const TokenEndpoint = (): MethodDecorator =>
  applyDecorators(RouteConfig({ takesForm: true, oauthErrors: true }), ApiConsumes(FORM, 'application/json'));

/** Reads forms on the token endpoint; everywhere else they stay 415, as any type but JSON. */
export function letFormsThrough(instance: FastifyInstance): void {
  instance.addContentTypeParser(FORM, { parseAs: 'string' }, (request, body, done) => {
    if (request.is404) done(null, undefined);
    else if (request.routeOptions.config.takesForm !== true)
      done(new UsherError('unsupported-media-type', 'Forms are not taken here.'));
    else readForm(String(body), done);
  });
}

/**
 * The parameters of a token request as members of a body. What is unknown is ignored and what is empty counts as left out,
 * as RFC 6749 (section 3.2) wants it of forms.
 */
function readForm(text: string, done: (error: Error | null, body?: Record<string, string>) => void): void {
  const body: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (!Object.hasOwn(tokenBody.shape, name) || value === '') continue;
    if (Object.hasOwn(body, name)) {
      const errors = [{ pointer: `/${name}`, message: 'must not come twice' }];
      done(new UsherError('validation-failed', 'The input is not valid; see `errors`.', { errors }));
      return;
    }
    body[name] = value;
  }
  done(null, body);
}
