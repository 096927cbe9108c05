import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { type Clock, systemClock } from '#kernel';
import { ACCESS_TOKEN_SECONDS, ALGORITHM, type TokenPolicy } from './claims.js';
import type { Principal } from './principal.js';
import type { SigningKey } from './signing-key.js';

/** Signs access tokens (JWT, RFC 7519, with RS256). */
export class TokenIssuer {
  constructor(
    private readonly key: SigningKey,
    private readonly policy: TokenPolicy,
    private readonly clock: Clock = systemClock,
  ) {}

  /** A token for `subject` that is good for so many seconds. */
  async issue(
    subject: Pick<Principal, 'id' | 'username' | 'roles'> & Partial<Pick<Principal, 'scopes'>>,
    expiresIn = ACCESS_TOKEN_SECONDS,
  ): Promise<{ token: string; expiresIn: number }> {
    const now = Math.floor(this.clock.now().getTime() / 1000);
    const scope = subject.scopes === undefined ? {} : { scope: subject.scopes.join(' ') };
    const token = await new SignJWT({ username: subject.username, roles: [...subject.roles], ...scope })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: this.key.kid })
      .setIssuer(this.policy.issuer)
      .setAudience(this.policy.audience)
      .setSubject(subject.id)
      .setIssuedAt(now)
      .setExpirationTime(now + expiresIn)
      .setJti(randomUUID())
      .sign(this.key.privateKey);
    return { token, expiresIn };
  }
}
