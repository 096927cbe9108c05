import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, mongo } from 'mongoose';
import type { KeysetQuery } from '#http';
import { duplicateKeyFields } from '#persistence';
import type { TemplateMatch } from './template.js';
import { TEMPLATE, type TemplateDocument } from './templates.schema.js';

/** What is stored under one key, as seeding looks at it. */
export interface Planted {
  _id: string;
  version: number;
  /** Null where the newest version came with Usher. */
  saved_by: string | null;
  /** Of all its versions. */
  seeds: (string | null)[];
}

const NEWEST_FIRST = { $sort: { key: 1, version: -1 } } as const;

/** The stored versions of templates. */
@Injectable()
export class TemplatesRepository {
  constructor(@InjectModel(TEMPLATE) private readonly templates: Model<TemplateDocument>) {}

  async find(id: string): Promise<TemplateDocument | undefined> {
    return (await this.templates.findById(id).lean<TemplateDocument>()) ?? undefined;
  }

  async newest(key: string): Promise<TemplateDocument | undefined> {
    return (await this.templates.findOne({ key }).sort({ version: -1 }).lean<TemplateDocument>()) ?? undefined;
  }

  /** The id of the newest version of the first of `keys` that there is. */
  async newestIdOf(keys: readonly string[]): Promise<string | undefined> {
    const rows = await this.templates.aggregate<{ _id: string; id: string }>([
      { $match: { key: { $in: keys } } },
      NEWEST_FIRST,
      { $group: { _id: '$key', id: { $first: '$_id' } } },
    ]);
    const ids = new Map(rows.map(({ _id, id }) => [_id, id]));
    return keys.map((key) => ids.get(key)).find((id) => id !== undefined);
  }

  /** The newest versions of a page of keys, without what is in them. */
  async list(
    match: TemplateMatch,
    { filter, limit }: Pick<KeysetQuery<unknown>, 'filter' | 'limit'>,
  ): Promise<Omit<TemplateDocument, 'content' | 'html'>[]> {
    return this.templates.aggregate<Omit<TemplateDocument, 'content' | 'html'>>([
      { $match: { ...match, ...filter } },
      NEWEST_FIRST,
      { $project: { content: 0, html: 0 } },
      { $group: { _id: '$key', newest: { $first: '$$ROOT' } } },
      { $replaceRoot: { newRoot: '$newest' } },
      { $sort: { key: 1 } },
      { $limit: limit },
    ]);
  }

  /** Answers whether it was added: somebody else may have been first with that version. */
  async add(template: TemplateDocument): Promise<boolean> {
    return (await this.addAll([template])) === 1;
  }

  /** Answers how many were added; of the others, somebody else has added the version. */
  async addAll(templates: readonly TemplateDocument[]): Promise<number> {
    try {
      await this.templates.insertMany(templates, { lean: true, ordered: false });
      return templates.length;
    } catch (error) {
      if (duplicateKeyFields(error) === undefined) throw error;
      return error instanceof mongo.MongoBulkWriteError ? error.insertedCount : 0;
    }
  }

  /** Keeps what MJML has made of a version, and answers what is kept: somebody else may have been first. */
  async keepHtml(id: string, html: string): Promise<string> {
    await this.templates.updateOne({ _id: id, html: null }, { $set: { html } });
    return (await this.find(id))?.html ?? html;
  }

  /** What there is, by key. */
  async planted(): Promise<Planted[]> {
    return this.templates.aggregate<Planted>([
      NEWEST_FIRST,
      {
        $group: {
          _id: '$key',
          version: { $first: '$version' },
          saved_by: { $first: '$saved_by' },
          seeds: { $addToSet: '$seed' },
        },
      },
    ]);
  }
}
