import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import type { Scope } from '#contracts';
import { signIn, TEST_PASSWORD, type TestAccount } from '#testing';
import { startEventService, type TestService } from './start-event-service.js';

const ADMIN = { email: 'admin@example.com', password: TEST_PASSWORD };

export interface CreatedClient {
  id: string;
  client_secret: string;
}

/** event-service with an admin, who makes service clients. */
export class ClientsBed {
  private constructor(
    readonly service: TestService,
    readonly admin: TestAccount,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<ClientsBed> {
    const admin = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password };
    const service = await startEventService({ ...admin, ...environment });
    return new ClientsBed(service, await signIn(service, ADMIN));
  }

  get connection(): Connection {
    return this.service.app.get<Connection>(getConnectionToken());
  }

  close(): Promise<void> {
    return this.service.close();
  }

  create(body: object, headers: Record<string, string> = {}) {
    return this.service.http
      .post('/v1/clients')
      .set({ ...this.admin.headers, ...headers })
      .send(body);
  }

  async client(...scopes: Scope[]): Promise<CreatedClient> {
    const response = await this.create({ name: 'Order service', scopes }).expect(201);
    return response.body as CreatedClient;
  }

  revoke({ id }: CreatedClient) {
    return this.service.http.delete(`/v1/clients/${id}`).set(this.admin.headers);
  }

  /** Asks for a token as the contract has it: in JSON, everything in the body. */
  ask({ id, client_secret }: CreatedClient, members: object = {}) {
    const body = { grant_type: 'client_credentials', client_id: id, client_secret, ...members };
    return this.service.http.post('/v1/auth/token').send(body);
  }

  /** The header of a new client whose token has these scopes. */
  async bearer(...scopes: Scope[]): Promise<{ authorization: string }> {
    const response = await this.ask(await this.client(...scopes)).expect(200);
    return { authorization: `Bearer ${(response.body as { access_token: string }).access_token}` };
  }
}
