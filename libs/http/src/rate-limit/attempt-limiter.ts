import { Inject, Injectable } from '@nestjs/common';
import { UsherError } from '#kernel';
import type { HttpSettings } from '../settings.js';
import { HTTP_SETTINGS } from '../tokens.js';
import { ATTEMPT_WINDOW_MS, attemptLimit } from './rate-limit.options.js';
import { ATTEMPTS_LIMIT, RateLimitStorage } from './rate-limit.storage.js';

/** Counts attempts against one account, wherever they come from; the guard counts those from one address. */
@Injectable()
export class AttemptLimiter {
  constructor(
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
    private readonly storage: RateLimitStorage,
  ) {}

  /** Throws `rate-limited` above `LOGIN_LIMIT_PER_MINUTE`, and `unavailable` where attempts cannot be counted. */
  async take(purpose: string, account: string): Promise<void> {
    const limit = attemptLimit(this.settings);
    const key = `${ATTEMPTS_LIMIT}:${purpose}:account:${account}`;
    const { isBlocked, timeToBlockExpire } = await this.storage.attempt(key, ATTEMPT_WINDOW_MS, limit);
    if (isBlocked)
      throw new UsherError('rate-limited', 'Too many attempts on this account; wait and try again.', {
        retryable: true,
        retryAfter: timeToBlockExpire,
      });
  }
}
