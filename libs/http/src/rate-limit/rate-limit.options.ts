import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { ThrottlerModuleOptions } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { isOperational, principalOf } from '#auth';
import { ATTEMPTS } from '../endpoint.js';
import type { HttpSettings } from '../settings.js';
import { ATTEMPTS_LIMIT, GENERAL } from './rate-limit.storage.js';
import { normalizeIp } from './throttler.js';

export const GENERAL_WINDOW_MS = 10_000;
export const ATTEMPT_WINDOW_MS = 60_000;
const DEFAULT_ATTEMPTS = 5;

export const attemptLimit = (settings: HttpSettings): number => settings.loginLimitPerMinute ?? DEFAULT_ATTEMPTS;

/**
 * | limit | who | counts |
 * |---|---|---|
 * | `general` | each user, each address of nobody known | every request but health and metrics |
 * | `login` | each address, for each route by itself | requests to endpoints with `attempts: true` |
 */
export function rateLimitOptions(settings: HttpSettings, reflector: Reflector): ThrottlerModuleOptions {
  const requestOf = (context: ExecutionContext): FastifyRequest => context.switchToHttp().getRequest<FastifyRequest>();
  return {
    throttlers: [
      {
        name: GENERAL,
        limit: settings.rateLimitPer10s,
        ttl: GENERAL_WINDOW_MS,
        skipIf: (context) => isOperational(requestOf(context)),
        getTracker: (_, context) => callerOf(requestOf(context)),
        generateKey: (_, caller) => `${GENERAL}:${caller}`,
      },
      {
        name: ATTEMPTS_LIMIT,
        limit: attemptLimit(settings),
        ttl: ATTEMPT_WINDOW_MS,
        skipIf: (context) => reflector.get<boolean | undefined>(ATTEMPTS, context.getHandler()) !== true,
        getTracker: (_, context) => normalizeIp(requestOf(context).ip),
        generateKey: (context, address) => `${ATTEMPTS_LIMIT}:${context.getHandler().name}:address:${address}`,
      },
    ],
  };
}

/** Who a limit or an idempotency key belongs to: the user, else the address (of IPv6 the /64). */
export const callerOf = (request: FastifyRequest): string => {
  const principal = principalOf(request);
  return principal === undefined ? `address:${normalizeIp(request.ip)}` : `user:${principal.id}`;
};
