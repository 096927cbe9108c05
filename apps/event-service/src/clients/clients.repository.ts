import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { type Keyset, keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { trustedFilter } from '#persistence';
import type { Client } from './client.js';
import { CLIENT, type ClientDocument } from './clients.schema.js';

const NEWEST_FIRST: Keyset = { field: 'created_at', direction: -1, type: 'date' };

const toClient = ({ _id, secret_hash: _, ...document }: ClientDocument): Client => ({ id: _id, ...document });

/** The stored service clients. */
@Injectable()
export class ClientsRepository {
  constructor(@InjectModel(CLIENT) private readonly clients: Model<ClientDocument>) {}

  /** Throws MongoDB's duplicate key error where the id is taken. */
  async insert({ id, ...client }: Client, secretHash: string): Promise<void> {
    await this.clients.create({ _id: id, ...client, secret_hash: secretHash });
  }

  async find(id: string): Promise<{ client: Client; secretHash: string } | undefined> {
    const document = await this.clients.findOne({ _id: id }).lean<ClientDocument>();
    return document === null ? undefined : { client: toClient(document), secretHash: document.secret_hash };
  }

  async page(request: PageRequest): Promise<Page<Client>> {
    const page = keysetQuery<ClientDocument>(NEWEST_FIRST, request);
    const rows = await this.clients
      .find(trustedFilter(page.filter))
      .sort(page.sort)
      .limit(page.limit)
      .lean<ClientDocument[]>();
    return mapPage(page.toPage(rows), toClient);
  }

  /** Makes the client, or gives the one that is there this name, secret and these scopes. */
  async put({ id, name, scopes, ...first }: Client, secretHash: string): Promise<void> {
    await this.clients.updateOne(
      { _id: id },
      { $set: { name, scopes, secret_hash: secretHash }, $setOnInsert: first },
      { upsert: true },
    );
  }

  /** Puts another secret in place of the one before; undefined where there is no such client. */
  async replaceSecret(id: string, secretHash: string): Promise<Client | undefined> {
    const document = await this.clients
      .findOneAndUpdate({ _id: id }, { $set: { secret_hash: secretHash } }, { returnDocument: 'after' })
      .lean<ClientDocument>();
    return document === null ? undefined : toClient(document);
  }

  /** Notes that the client gets a token; false where it is not there any more. */
  async use(id: string, now: Date): Promise<boolean> {
    const { matchedCount } = await this.clients.updateOne({ _id: id }, { $set: { last_used_at: now } });
    return matchedCount === 1;
  }

  /** False where there is no such client. */
  async remove(id: string): Promise<boolean> {
    const { deletedCount } = await this.clients.deleteOne({ _id: id });
    return deletedCount === 1;
  }
}
