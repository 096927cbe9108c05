import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { UsherError } from '#kernel';
import { ACCESS, type Access, REQUIRED_ROLES } from './decorators.js';
import type { Role } from './principal.js';
import { authenticationOf, isOperational } from './request.js';

/** Last of the global guards: signed-in callers only, unless the route says otherwise, and roles where it names some. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): true {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isOperational(request)) return true;
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets) ?? 'signed-in';
    const { principal, failure } = authenticationOf(request);
    if (failure !== undefined) throw failure;
    if (access === 'signed-in' && principal === undefined)
      throw new UsherError('unauthenticated', 'This needs an access token: sign in and send it as a bearer token.');
    const roles = this.reflector.getAllAndOverride<Role[] | undefined>(REQUIRED_ROLES, targets);
    if (roles !== undefined && !roles.some((role) => principal?.roles.includes(role)))
      throw new UsherError('forbidden', `This needs the role ${roles.join(' or ')}.`);
    return true;
  }
}
