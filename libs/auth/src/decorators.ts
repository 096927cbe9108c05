import { createParamDecorator, type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { UsherError } from '#kernel';
import type { Access } from './access.js';
import type { Principal } from './principal.js';
import { personOf, principalOf } from './request.js';

export const ACCESS = 'usher:access';
export const REQUIRED_SCOPE = 'usher:scope';

/** Anyone may call and credentials are not looked at: for signing in and the like, where a stale token must not hinder. */
export const Anonymous = (): CustomDecorator => SetMetadata(ACCESS, 'anonymous' satisfies Access);

/** The caller of a route that requires signing in (the default). Throws `unauthenticated` on any other. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context): Principal => {
  const principal = principalOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (principal === undefined) throw new UsherError('unauthenticated', 'Sign in to do this.');
  return principal;
});

/** The person who calls a route for anyone, undefined where nobody is signed in. Throws `forbidden` for a service client. */
export const OptionalPrincipal = createParamDecorator((_: unknown, context): Principal | undefined =>
  personOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
