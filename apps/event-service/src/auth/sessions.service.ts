import { Inject, Injectable } from '@nestjs/common';
import { TokenIssuer } from '#auth';
import { type Clock, UsherError } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { CLOCK } from '../config.js';
import type { User } from '../users/user.js';
import { UsersRepository } from '../users/users.repository.js';
import type { Tokens } from './auth.dto.js';
import { newRefreshToken, readRefreshToken } from './refresh-token.js';
import { SessionsRepository } from './sessions.repository.js';

@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly users: UsersRepository,
    private readonly issuer: TokenIssuer,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async begin(user: User): Promise<Tokens> {
    const { token, hashes } = newRefreshToken();
    await this.sessions.begin(hashes, user, this.clock.now());
    return this.tokensFor(user, token);
  }

  /** A new pair for the newest refresh token of a session. An older one ends the session: two hold it, and one stole it. */
  async refresh(refreshToken: string): Promise<Tokens> {
    const given = readRefreshToken(refreshToken);
    if (given === undefined) throw badToken();
    const next = newRefreshToken(given);
    const session = await this.sessions.rotate(given.hashes, next.hashes, this.clock.now());
    if (session === undefined) {
      if (await this.sessions.end(given.hashes.family)) this.logger.warn('session.token-reused');
      throw badToken();
    }
    const user = await this.users.find(session.user_id);
    if (user === undefined || user.password_version !== session.password_version) throw badToken();
    return this.tokensFor(user, next.token);
  }

  /** Ends the session that a refresh token, new or old, belongs to; nothing where it is none. */
  async end(refreshToken: string): Promise<void> {
    const given = readRefreshToken(refreshToken);
    if (given !== undefined) await this.sessions.end(given.hashes.family);
  }

  async endAll(userId: string): Promise<void> {
    await this.sessions.endAll(userId);
  }

  private async tokensFor(user: User, refreshToken: string): Promise<Tokens> {
    const { token, expiresIn } = await this.issuer.issue(user);
    return { access_token: token, token_type: 'Bearer', expires_in: expiresIn, refresh_token: refreshToken };
  }
}

const badToken = (): UsherError => new UsherError('invalid-token', 'The refresh token is not valid any more.');
