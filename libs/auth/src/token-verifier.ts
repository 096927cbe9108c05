import { Injectable } from '@nestjs/common';
import type { Strategy } from 'passport-jwt';
import { UsherError } from '#kernel';
import { JwtStrategy } from './jwt.strategy.js';
import type { Principal } from './principal.js';

/** Checks access tokens, for HTTP and for sockets alike, by the one passport strategy. */
@Injectable()
export class TokenVerifier {
  constructor(private readonly strategy: JwtStrategy) {}

  /**
   * Who the token speaks for. Throws `invalid-token` where it is malformed, expired, foreign or badly signed, and a
   * retryable `unavailable` where the keys to check it cannot be had.
   */
  verify(token: string): Promise<Principal> {
    return new Promise((resolve, reject) => {
      const refuse = (reason: unknown): void => {
        reject(reason instanceof UsherError ? reason : invalidToken(reason));
      };
      // Passport gives each attempt its own copy of the strategy, with these three as its outcomes.
      const attempt = Object.create(this.strategy) as Strategy;
      attempt.success = (principal: unknown) => resolve(principal as Principal);
      attempt.fail = refuse;
      attempt.error = refuse;
      const request = { headers: { authorization: `Bearer ${token}` } };
      attempt.authenticate(request as Parameters<Strategy['authenticate']>[0]);
    });
  }
}

function invalidToken(cause: unknown): UsherError {
  const expired = cause instanceof Error && cause.name === 'TokenExpiredError';
  return new UsherError('invalid-token', expired ? 'The access token has expired.' : 'The access token is not valid.', {
    cause,
  });
}
