import { Inject, Injectable } from '@nestjs/common';
import type { Precondition } from '#http';
import { type Clock, UsherError } from '#kernel';
import { duplicateKeyFields, EventLog, Transactions } from '#persistence';
import { CLOCK } from '../config.js';
import { Passwords } from './passwords.js';
import {
  changeProfile,
  isReserved,
  newUser,
  type ProfilePatch,
  type Registration,
  type User,
  type UserRole,
} from './user.js';
import { UsersRepository } from './users.repository.js';

const ATTEMPTS = 5;

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: Passwords,
    private readonly log: EventLog,
    private readonly transactions: Transactions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Makes an account and tells of it in one transaction. Repeated with the same id, it answers with the account that is
   * there. Throws `email-taken` and `username-taken`.
   */
  async registerUser(
    id: string,
    { password, ...registration }: Registration & { password: string },
    roles: UserRole[] = ['user'],
  ): Promise<User> {
    const earlier = await this.users.find(id);
    if (earlier !== undefined) return earlier;
    if (isReserved(registration.username)) throw new UsherError('username-taken', 'This username is reserved.');
    await this.users.requireFree(registration.email, registration.username);
    const passwordHash = await this.passwords.hash(password);
    const user = newUser(id, registration, roles, this.clock.now());
    try {
      await this.transactions.run(async () => {
        await this.users.insert(user, passwordHash);
        await this.log.append(registered(user));
      });
    } catch (error) {
      const rival = duplicateKeyFields(error)?.includes('_id') === true ? await this.users.find(id) : undefined;
      if (rival === undefined) throw error;
      return rival;
    }
    return user;
  }

  /** Throws `invalid-token`: the caller's token is good, but its account is gone. */
  async readUser(id: string): Promise<User> {
    const user = await this.users.find(id);
    if (user === undefined) throw new UsherError('invalid-token', 'The account of this token does not exist any more.');
    return user;
  }

  /** Throws `precondition-failed` where the profile is not at the expected version. */
  async changeProfile(id: string, patch: ProfilePatch, precondition: Precondition): Promise<User> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const user = await this.readUser(id);
      precondition.require(user.version);
      const changed = changeProfile(user, patch, this.clock.now());
      if (changed === user || (await this.users.updateProfile(changed))) return changed;
    }
    throw new UsherError('conflict', 'The profile is being changed by others at the same time.', { retryable: true });
  }
}

const registered = ({ id, username, version, created_at }: User) => ({
  stream: `user/${id}`,
  version,
  type: 'usher.user.registered' as const,
  subject: `users/${id}`,
  data: { user: { id, username } },
  time: created_at,
  actor: { id, username },
});
