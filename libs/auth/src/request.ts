import type { FastifyRequest } from 'fastify';
import type { UsherError } from '#kernel';
import { type Principal, requirePerson } from './principal.js';

/** What authentication found out about a request: a caller, or why the credentials it carried are no good. */
interface Authentication {
  principal?: Principal;
  failure?: UsherError;
}

const found = new WeakMap<FastifyRequest, Authentication>();

export const recordAuthentication = (request: FastifyRequest, result: Authentication): void => {
  found.set(request, result);
};

export const authenticationOf = (request: FastifyRequest): Authentication => found.get(request) ?? {};

/** Who calls; undefined for somebody unknown. */
export const principalOf = (request: FastifyRequest): Principal | undefined => found.get(request)?.principal;

/** The same, where only people have any business; throws `forbidden` for a service client. */
export function personOf(request: FastifyRequest): Principal | undefined {
  const principal = principalOf(request);
  if (principal !== undefined) requirePerson(principal);
  return principal;
}

const OPERATIONS = /^\/(?:health|metrics)(?:\/|$)/;

/** Health and metrics: asked by machines next door that carry no token, and never limited. */
export const isOperational = (request: FastifyRequest): boolean => OPERATIONS.test(request.routeOptions.url ?? '');
