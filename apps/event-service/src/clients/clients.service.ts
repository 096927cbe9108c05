import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import type { Page, PageRequest } from '#http';
import { type Clock, UsherError } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { duplicateKeyFields } from '#persistence';
import { CLOCK } from '../config.js';
import { type Client, newClient } from './client.js';
import { hashOf, newClientSecret } from './client-secret.js';
import { ClientsRepository } from './clients.repository.js';

/** A client together with its secret, which only its creation tells. */
export interface CreatedClient {
  client: Client;
  secret: string;
}

@Injectable()
export class ClientsService {
  constructor(
    private readonly clients: ClientsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Creates the client of that id; repeated after a crash, it answers with the one that is there and a new secret. */
  async createClient(
    id: string,
    details: Pick<Client, 'name' | 'scopes'>,
    { id: userId, username }: Principal,
  ): Promise<CreatedClient> {
    const client = newClient({ id, ...details, created_by: { id: userId, username } }, this.clock.now());
    const secret = newClientSecret();
    try {
      await this.clients.insert(client, hashOf(secret));
    } catch (error) {
      if (duplicateKeyFields(error) === undefined) throw error;
      return this.renewSecret(id);
    }
    this.logger.info({ client_id: id, scopes: client.scopes, user_id: userId }, 'client.created');
    return { client, secret };
  }

  /** Newest first. */
  listClients(request: PageRequest): Promise<Page<Client>> {
    return this.clients.page(request);
  }

  /** The client gets no token from now on; what it has got is good until it expires. Throws `not-found`. */
  async revokeClient(id: string, principal: Principal): Promise<void> {
    if (!(await this.clients.remove(id))) throw new UsherError('not-found', 'There is no such client.');
    this.logger.info({ client_id: id, user_id: principal.id }, 'client.revoked');
  }

  /** Only a hash is left of the secret that an earlier attempt did not live to tell. */
  private async renewSecret(id: string): Promise<CreatedClient> {
    const secret = newClientSecret();
    const client = await this.clients.replaceSecret(id, hashOf(secret));
    if (client === undefined) throw new UsherError('conflict', 'The client has been revoked since.');
    return { client, secret };
  }
}
