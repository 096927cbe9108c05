import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { newId, UsherError } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { CONFIG, type Config } from '../config.js';
import { UsersRepository } from '../users/users.repository.js';
import { UsersService } from '../users/users.service.js';

const USERNAME = 'admin';

/** Makes the account that `ADMIN_EMAIL` and `ADMIN_PASSWORD` describe, at the first start that has them. */
@Injectable()
export class AdminAccount implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly users: UsersService,
    private readonly repository: UsersRepository,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = this.config;
    if (email === undefined || password === undefined) return;
    const known = await this.repository.findByLogin({ email });
    if (known === undefined) await this.register(email, password);
    // Whoever registered with that address first has proven nothing: no one is promoted here.
    else if (!known.roles.includes('admin')) this.logger.warn({ user_id: known.id }, 'admin.address-taken');
  }

  private async register(email: string, password: string): Promise<void> {
    const id = newId();
    try {
      await this.makeAdmin(id, email, USERNAME, password);
    } catch (error) {
      // Another instance was faster.
      if (error instanceof UsherError && error.code === 'email-taken') return;
      if (!(error instanceof UsherError) || error.code !== 'username-taken') throw error;
      if ((await this.repository.findByLogin({ email })) !== undefined) return;
      await this.makeAdmin(id, email, `${USERNAME}_${id}`, password);
    }
    this.logger.info({ user_id: id }, 'admin.made');
  }

  private async makeAdmin(id: string, email: string, username: string, password: string): Promise<void> {
    await this.users.registerUser(id, { email, username, password }, ['user', 'admin']);
  }
}
