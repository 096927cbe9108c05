import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Scope } from '#contracts';
import { type Access, requireAccess } from './access.js';
import { ACCESS, REQUIRED_SCOPE } from './decorators.js';
import { authenticationOf, isOperational } from './request.js';

/** Last of the global guards: people who are signed in only, unless the route says otherwise. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): true {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isOperational(request)) return true;
    const { principal, failure } = authenticationOf(request);
    if (failure !== undefined) throw failure;
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets) ?? 'signed-in';
    const scope = this.reflector.getAllAndOverride<Scope | undefined>(REQUIRED_SCOPE, targets);
    requireAccess(principal, { access, scope });
    return true;
  }
}
