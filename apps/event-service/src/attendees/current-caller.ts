import { createParamDecorator } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { personOf } from '#auth';
import type { AttendeeCaller } from './attendee-caller.js';

const HEADER = 'X-Attendee-Token';

/** Who asks, on a route that is open to anyone: `@CurrentCaller() caller: AttendeeCaller`. Throws `forbidden` for a service client. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context): AttendeeCaller => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const token = request.headers['x-attendee-token'];
    return { principal: personOf(request), token: typeof token === 'string' ? token : undefined };
  },
  [describeHeader],
);

/** The header in OpenAPI, wherever the decorator stands. */
function describeHeader(target: object, method: string | symbol | undefined): void {
  if (method === undefined) return;
  const descriptor = Object.getOwnPropertyDescriptor(target, method);
  if (descriptor === undefined) return;
  const description = 'The `attendee_token` that came with the registration, in place of an account';
  ApiHeader({ name: HEADER, required: false, description })(target, method, descriptor);
}
