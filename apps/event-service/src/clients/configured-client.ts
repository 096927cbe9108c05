import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type Scope, SYSTEM_ACTOR } from '#contracts';
import type { Clock } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { CLOCK, CONFIG, type Config } from '../config.js';
import { newClient } from './client.js';
import { hashOf } from './client-secret.js';
import { ClientsRepository } from './clients.repository.js';

const NAME = 'notification-service';
const SCOPES: Scope[] = ['contacts:read'];

/**
 * The client that `SERVICE_CLIENT_ID` and `SERVICE_CLIENT_SECRET` describe, as which notification-service calls: made, or
 * given that secret, at every start, so that a new secret is a restart.
 */
@Injectable()
export class ConfiguredClient implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly clients: ClientsRepository,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { SERVICE_CLIENT_ID: id, SERVICE_CLIENT_SECRET: secret } = this.config;
    if (id === undefined || secret === undefined) return;
    const client = newClient({ id, name: NAME, scopes: SCOPES, created_by: SYSTEM_ACTOR }, this.clock.now());
    await this.clients.put(client, hashOf(secret));
    this.logger.info({ client_id: id, scopes: SCOPES }, 'client.configured');
  }
}
