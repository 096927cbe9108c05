import { Inject, Injectable } from '@nestjs/common';
import { AttemptLimiter } from '#http';
import { type Clock, UsherError } from '#kernel';
import { CLOCK } from '../config.js';
import { Passwords } from '../users/passwords.js';
import { keyOf, type User } from '../users/user.js';
import { type LoginName, UsersRepository } from '../users/users.repository.js';
import type { Tokens } from './auth.dto.js';
import { SessionsService } from './sessions.service.js';

@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly attempts: AttemptLimiter,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws `invalid-credentials`, the same in wording and in time whether or not there is such an account. */
  async login(name: LoginName, password: string): Promise<{ user: User; tokens: Tokens }> {
    const user = await this.users.findByLogin(name);
    const account = user?.id ?? `unknown:${keyOf('email' in name ? name.email : name.username)}`;
    await this.attempts.take('login', account);
    const matches = await this.passwords.matches(password, user?.passwordHash);
    if (user === undefined || !matches) throw badCredentials();
    return { user, tokens: await this.sessions.begin(user) };
  }

  /** Replaces the password and ends every session. Throws `invalid-credentials` where the present one is wrong. */
  async changePassword(userId: string, current: string, next: string): Promise<void> {
    await this.attempts.take('password', userId);
    const user = await this.users.find(userId);
    const matches = await this.passwords.matches(current, user?.passwordHash);
    if (user === undefined || !matches) throw badCredentials();
    const changed = await this.users.updatePassword(user, await this.passwords.hash(next), this.clock.now());
    if (!changed) throw new UsherError('conflict', 'The password has been changed by somebody else meanwhile.');
    await this.sessions.endAll(userId);
  }
}

const badCredentials = (): UsherError => new UsherError('invalid-credentials', 'The account or the password is wrong.');
