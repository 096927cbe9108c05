import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, trusted } from 'mongoose';
import type { KeysetQuery } from '#http';
import { duplicateKeyFields, trustedFilter } from '#persistence';
import { REGISTERED_SCHEMA, type RegisteredSchema } from './schemas.schema.js';

/** The schemas that producers have registered, by type and version. */
@Injectable()
export class SchemasRepository {
  constructor(@InjectModel(REGISTERED_SCHEMA) private readonly schemas: Model<RegisteredSchema>) {}

  async find(id: string): Promise<RegisteredSchema | undefined> {
    return (await this.schemas.findById(id).lean()) ?? undefined;
  }

  async newest(type: string): Promise<RegisteredSchema | undefined> {
    return (await this.schemas.findOne({ type }).sort({ version: -1 }).lean()) ?? undefined;
  }

  /** Every version of `types`, without its document. */
  async versions(types: readonly string[]): Promise<Pick<RegisteredSchema, '_id' | 'type' | 'version'>[]> {
    if (types.length === 0) return [];
    return this.schemas
      .find({ type: trusted({ $in: types }) }, { type: 1, version: 1 })
      .sort({ type: 1, version: -1 })
      .lean();
  }

  /** The first schemas of a page, without their documents. */
  async list({
    filter,
    limit,
  }: Pick<KeysetQuery<unknown>, 'filter' | 'limit'>): Promise<Omit<RegisteredSchema, 'document'>[]> {
    return this.schemas.find(trustedFilter(filter), { document: 0 }).sort({ _id: 1 }).limit(limit).lean();
  }

  /** Answers whether it was added: somebody else may have been first with that version. */
  async add(schema: RegisteredSchema): Promise<boolean> {
    try {
      await this.schemas.insertMany([schema], { lean: true });
      return true;
    } catch (error) {
      if (duplicateKeyFields(error) === undefined) throw error;
      return false;
    }
  }
}
