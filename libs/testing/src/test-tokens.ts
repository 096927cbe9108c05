import { type Role, type SigningKey, TokenIssuer, type TokenPolicy } from '#auth';
import type { Scope } from '#contracts';
import { newId } from '#kernel';

/** A caller: who they are, and the header that says so. */
export interface TestSession {
  user: { id: string; username: string };
  token: string;
  /** `http.get('/v1/…').set(session.headers)` */
  headers: { authorization: string };
}

/** Issues access tokens without any account behind them. */
export class TestTokens {
  readonly policy: TokenPolicy = { issuer: 'usher', audience: 'usher' };
  private readonly issuer: TokenIssuer;
  private made = 0;

  constructor(key: SigningKey) {
    this.issuer = new TokenIssuer(key, this.policy);
  }

  /** One call gives a test its user and token. */
  async session(who: { id?: string; username?: string; roles?: readonly Role[] } = {}): Promise<TestSession> {
    this.made += 1;
    const user = { id: who.id ?? newId(), username: who.username ?? `user_${this.made}` };
    return this.issue(user, { roles: who.roles ?? ['user'] });
  }

  /** A service client whose token has these scopes. */
  async client(...scopes: Scope[]): Promise<TestSession> {
    return this.issue({ id: newId(), username: 'A service' }, { roles: [], scopes });
  }

  private async issue(
    user: TestSession['user'],
    rights: { roles: readonly Role[]; scopes?: readonly Scope[] },
  ): Promise<TestSession> {
    const { token } = await this.issuer.issue({ ...user, ...rights });
    return { user, token, headers: { authorization: `Bearer ${token}` } };
  }
}
