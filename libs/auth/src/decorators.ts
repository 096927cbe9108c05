import { createParamDecorator, type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { UsherError } from '#kernel';
import type { Principal, Role } from './principal.js';
import { principalOf } from './request.js';

/** Who may call a route: `anyone` is recognised where signed in, of an `anonymous` route's caller no credentials are read. */
export type Access = 'anonymous' | 'anyone' | 'signed-in';

export const ACCESS = 'usher:access';
export const REQUIRED_ROLES = 'usher:roles';

/** Anyone may call; a signed-in caller is recognised, and bad credentials are refused (401) rather than ignored. */
export const Public = (): CustomDecorator => SetMetadata(ACCESS, 'anyone' satisfies Access);

/** Anyone may call and credentials are not looked at: for signing in and the like, where a stale token must not hinder. */
export const Anonymous = (): CustomDecorator => SetMetadata(ACCESS, 'anonymous' satisfies Access);

/** Only callers with one of these roles; others get 403. */
export const Roles = (...roles: Role[]): CustomDecorator => SetMetadata(REQUIRED_ROLES, roles);

/** The caller of a route that requires signing in (the default). Throws `unauthenticated` on any other. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context): Principal => {
  const principal = principalOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (principal === undefined) throw new UsherError('unauthenticated', 'Sign in to do this.');
  return principal;
});

/** The caller of a `@Public()` route, undefined where nobody is signed in. */
export const OptionalPrincipal = createParamDecorator((_: unknown, context): Principal | undefined =>
  principalOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
