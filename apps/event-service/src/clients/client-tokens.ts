import { Inject, Injectable } from '@nestjs/common';
import { TokenIssuer } from '#auth';
import { type Clock, ID_PATTERN } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { CLOCK } from '../config.js';
import { grantScopes } from './client.js';
import { isSecretOf } from './client-secret.js';
import { ClientsRepository } from './clients.repository.js';
import type { TokenAnswer } from './token/token.dto.js';
import { badCredentials, type ClientCredentials } from './token/token-request.js';

/** A token cannot be taken back: this is how long a client that has been revoked can go on. */
const TOKEN_SECONDS = 600;

/** Gives service clients their access tokens. */
@Injectable()
export class ClientTokens {
  constructor(
    private readonly clients: ClientsRepository,
    private readonly issuer: TokenIssuer,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * A token with the scopes that are asked for, or all that the client has. Throws `invalid-credentials`, the same in
   * wording and in time whether or not there is such a client, and `invalid-scope`.
   */
  async issueToken({ clientId, clientSecret }: ClientCredentials, scope?: string): Promise<TokenAnswer> {
    const found = await this.clients.find(clientId);
    const matches = isSecretOf(clientSecret, found?.secretHash);
    if (found === undefined || !matches) throw this.refuse(clientId);
    const { id, name } = found.client;
    const scopes = grantScopes(found.client, scope);
    const { token, expiresIn } = await this.issuer.issue({ id, username: name, roles: [], scopes }, TOKEN_SECONDS);
    // Whoever has been revoked meanwhile does not get it.
    if (!(await this.clients.use(id, this.clock.now()))) throw this.refuse(id);
    this.logger.info({ client_id: id, scopes }, 'client.token-issued');
    return { access_token: token, token_type: 'Bearer', expires_in: expiresIn, scope: scopes.join(' ') };
  }

  /** What is no id may be a secret in the wrong place, and is not logged. */
  private refuse(clientId: string): Error {
    this.logger.warn({ client_id: ID_PATTERN.test(clientId) ? clientId : undefined }, 'client.refused');
    return badCredentials();
  }
}
