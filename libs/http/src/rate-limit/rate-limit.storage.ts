import { Inject, Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { UsherError } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { LeasedLimiter } from './leased-limiter.js';
import { RateWindows } from './rate-windows.repository.js';

export const GENERAL = 'general';
export const ATTEMPTS_LIMIT = 'login';

const GENERAL_TIMEOUT_MS = 500;
const ATTEMPT_TIMEOUT_MS = 2_000;

type Record = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** @nestjs/throttler's storage in MongoDB, so that limits hold across instances: leased in chunks, except attempts, which count one by one. */
@Injectable()
export class RateLimitStorage implements ThrottlerStorage {
  private readonly general: LeasedLimiter;

  constructor(
    private readonly windows: RateWindows,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.general = new LeasedLimiter(
      (key, amount, windowMs) => windows.take(key, amount, windowMs, GENERAL_TIMEOUT_MS),
      (error) => logger.warn({ err: error }, 'rate-limit.open'),
    );
  }

  async increment(key: string, ttl: number, limit: number, _blockDuration: number, name: string): Promise<Record> {
    if (name !== GENERAL) return this.attempt(key, ttl, limit);
    const { allowed, remaining, msLeft } = await this.general.take(key, limit, ttl);
    return toRecord(allowed ? limit - remaining : limit + 1, limit, msLeft);
  }

  /** One attempt, counted exactly. Throws `unavailable` where it cannot be counted: guessing must not become free. */
  async attempt(key: string, ttl: number, limit: number): Promise<Record> {
    try {
      const { count, msLeft } = await this.windows.take(key, 1, ttl, ATTEMPT_TIMEOUT_MS);
      return toRecord(count, limit, msLeft);
    } catch (cause) {
      throw new UsherError('unavailable', 'Attempts cannot be counted at the moment.', {
        retryable: true,
        retryAfter: 2,
        cause,
      });
    }
  }
}

function toRecord(totalHits: number, limit: number, msLeft: number): Record {
  const seconds = Math.max(1, Math.ceil(msLeft / 1000));
  return { totalHits, timeToExpire: seconds, isBlocked: totalHits > limit, timeToBlockExpire: seconds };
}
