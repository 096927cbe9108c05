import { type ExecutionContext, Injectable } from '@nestjs/common';
import type { ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply } from 'fastify';
import { UsherError } from '#kernel';
import { ThrottlerGuard } from './throttler.js';

/**
 * Second of the global guards: knows the caller by now. Says on every answer what the limits are and what is left of
 * them (draft-ietf-httpapi-ratelimit-headers-10), and when to come back on a 429.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    return Promise.resolve(context.getType() !== 'http');
  }

  protected override async handleRequest(props: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, throttler, getTracker, generateKey } = props;
    const name = throttler.name ?? 'default';
    const { req } = this.getRequestResponse(context);
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const key = generateKey(context, await getTracker(req, context), name);
    const used = await this.storageService.increment(key, ttl, limit, 0, name);
    const left = Math.max(0, limit - used.totalHits);
    append(reply, 'RateLimit-Policy', `"${name}";q=${limit};w=${ttl / 1000}`);
    append(reply, 'RateLimit', `"${name}";r=${left};t=${used.timeToExpire}`);
    if (used.isBlocked)
      throw new UsherError('rate-limited', 'Too many requests; wait and try again.', {
        retryable: true,
        retryAfter: used.timeToBlockExpire,
      });
    return true;
  }
}

/** Both fields are lists: one member per limit (RFC 9651, section 3.1). */
function append(reply: FastifyReply, name: string, member: string): void {
  const present = reply.getHeader(name);
  void reply.header(name, typeof present === 'string' ? `${present}, ${member}` : member);
}
