import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { UsherError } from '#kernel';
import type { Access } from './access.js';
import { ACCESS } from './decorators.js';
import { isOperational, recordAuthentication } from './request.js';
import { TokenVerifier } from './token-verifier.js';

const BEARER = /^Bearer +(\S+)$/i;

/**
 * First of the global guards: finds out who calls, for the limiter and the access guard after it. Refuses nobody; what
 * is wrong with the credentials is recorded.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: TokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { authorization } = request.headers;
    if (authorization === undefined || isOperational(request)) return true;
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'anonymous') return true;
    try {
      recordAuthentication(request, { principal: await this.verifier.verify(tokenIn(authorization)) });
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      recordAuthentication(request, { failure: error });
    }
    return true;
  }
}

function tokenIn(authorization: string): string {
  const [, token] = BEARER.exec(authorization) ?? [];
  if (token === undefined) throw new UsherError('invalid-token', 'Credentials are taken as "Bearer <access token>".');
  return token;
}
