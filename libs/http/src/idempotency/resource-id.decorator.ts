import { createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { newId } from '#kernel';

const allocated = new WeakMap<FastifyRequest, string>();

export const allocateResourceId = (request: FastifyRequest, id: string): void => {
  allocated.set(request, id);
};

/**
 * The id to give to what a POST creates: `create(@ResourceId() id: string, …)`. With an `Idempotency-Key` it is the same
 * for every attempt, so a handler that finds it taken (duplicate `_id`) is repeating itself after a crash: it should
 * answer with what is there instead of creating a second.
 */
export const ResourceId = createParamDecorator(
  (_: unknown, context): string => allocated.get(context.switchToHttp().getRequest<FastifyRequest>()) ?? newId(),
);
