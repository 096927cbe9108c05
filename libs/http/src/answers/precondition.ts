import { createParamDecorator } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { UsherError } from '#kernel';
import { namesVersion } from './entity-tag.js';

/** What a request says a resource's version must be before it is changed. */
export class Precondition {
  constructor(
    private readonly ifMatch?: string,
    private readonly ifNoneMatch?: string,
  ) {}

  /** Asks nothing. */
  static readonly none = new Precondition();

  /**
   * Throws `precondition-failed` where the present version, undefined where there is no such resource yet, is not the one
   * that the caller knows. Call it where the change is decided.
   */
  require(version: number | undefined): void {
    const holds =
      version === undefined
        ? this.ifMatch === undefined
        : (this.ifMatch === undefined || namesVersion(this.ifMatch, version, 'strong')) &&
          (this.ifNoneMatch === undefined || !namesVersion(this.ifNoneMatch, version, 'weak'));
    if (!holds) throw new UsherError('precondition-failed', 'The resource is not at the version that was asked for.');
  }
}

/** The precondition of a change: `@IfMatch() precondition: Precondition`. */
export const IfMatch = createParamDecorator(
  (_: unknown, context): Precondition => {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    return new Precondition(headers['if-match'], headers['if-none-match']);
  },
  [describeIfMatch],
);

/** The header in OpenAPI, wherever the decorator stands. */
function describeIfMatch(target: object, method: string | symbol | undefined): void {
  if (method === undefined) return;
  const descriptor = Object.getOwnPropertyDescriptor(target, method);
  if (descriptor === undefined) return;
  const description = 'The `ETag` of the version that may be changed; 412 when it is another by now';
  ApiHeader({ name: 'If-Match', required: false, description })(target, method, descriptor);
}
