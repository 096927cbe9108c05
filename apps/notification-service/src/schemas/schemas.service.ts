import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Envelope } from '#contracts';
import { type Keyset, keysetQuery, type Page, type PageRequest } from '#http';
import { Batcher, type Clock, UsherError } from '#kernel';
import { CLOCK, CONFIG, type Config } from '../config.js';
import { type Compatibility, requireCompatible } from './compatibility/compatibility.js';
import { OWN_SCHEMAS } from './own-schemas.js';
import { type CheckedVersion, SchemaChecks } from './schema-checks.js';
import { toUsableSchema } from './schema-document.js';
import { dataschemaFor, schemaId, type SchemaVersion, versionNamed } from './schema-version.js';
import { SchemasRepository } from './schemas.repository.js';
import type { RegisteredSchema } from './schemas.schema.js';
import type { Validator } from './validator.js';

const BY_ID: Keyset = { field: '_id', direction: 1, type: 'string' };
/** Compiled, each of them some hundred kilobytes at most. */
const MAX_COMPILED = 200;
const MAX_ATTEMPTS = 5;
const MAX_REQUESTS_AT_ONCE = 100;
const MAX_REQUESTS_WAITING = 500;
const OWN = new Map(OWN_SCHEMAS.map((schema) => [schema._id, schema]));

/** By type, the newest first. */
type Versions = ReadonlyMap<string, readonly Pick<RegisteredSchema, '_id' | 'version'>[]>;

/** The schemas of what is published: registering them, and holding events against them. */
@Injectable()
export class SchemasService {
  /** By id: a version never changes, so that nothing in here can be out of date. */
  private readonly compiled = new LRUCache<string, Validator>({ max: MAX_COMPILED });

  /** Which versions types have: asked with every request that publishes, and read once for all that ask meanwhile. */
  private readonly versions = new Batcher<readonly string[], Versions>({
    work: async (_key, asked) => {
      const found = await this.schemas.versions([...new Set(asked.flat())]);
      const value = Map.groupBy(found, ({ type }) => type);
      return asked.map(() => ({ status: 'fulfilled', value }));
    },
    maxBatch: MAX_REQUESTS_AT_ONCE,
    maxWaiting: MAX_REQUESTS_WAITING,
  });

  constructor(
    private readonly schemas: SchemasRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async list(request: PageRequest): Promise<Page<Omit<SchemaVersion, 'schema'>>> {
    const page = keysetQuery<Omit<SchemaVersion, 'schema'>>(BY_ID, request);
    const { _id: { $gt: after } = { $gt: '' } } = page.filter as { _id?: { $gt: string } };
    const rows = [...(await this.schemas.list(page)).map(withPlace), ...OWN_SCHEMAS.filter(({ _id }) => _id > after)];
    return page.toPage(rows.sort((a, b) => (a._id < b._id ? -1 : 1)).slice(0, page.limit));
  }

  /** Throws `not-found`. */
  async get(type: string, version: number): Promise<SchemaVersion> {
    const id = schemaId(type, version);
    const own = OWN.get(id);
    if (own !== undefined) return own;
    const registered = await this.schemas.find(id);
    if (registered === undefined) throw new UsherError('not-found', 'There is no such schema.');
    return toVersion(registered);
  }

  /**
   * Adds the next version of the type's schema, from now on for every event on every instance; what is the newest version
   * already is left as it is. Throws `forbidden` for a type of Usher's own, `validation-failed` for what is no usable
   * schema, and `schema-incompatible`.
   */
  async register(type: string, document: unknown, compatibility: Compatibility): Promise<SchemaVersion> {
    if (/^usher\./i.test(type))
      throw new UsherError('forbidden', 'The schemas of Usher’s own types are its contracts.');
    const usable = toUsableSchema(document, '/schema');
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const newest = await this.schemas.newest(type);
      if (newest !== undefined) {
        const before: unknown = JSON.parse(newest.document);
        if (isDeepStrictEqual(before, document)) return toVersion(newest);
        requireCompatible(toUsableSchema(before), usable, { compatibility, at: '/schema' });
      }
      const next = this.next(type, newest?.version ?? 0, { document, compatibility });
      if (await this.schemas.add(next)) return toVersion(next);
    }
    throw new UsherError('conflict', 'Others are registering versions of this schema.', {
      retryable: true,
      retryAfter: 1,
    });
  }

  /** The schemas of `events` as they are now: what was registered before this was called is in them. */
  async checksFor(events: readonly Envelope[]): Promise<SchemaChecks> {
    const types = [...new Set(events.map(({ type }) => type))];
    const versions = await this.versions.submit('schemas', types);
    const checked = new Map<string, CheckedVersion[]>();
    for (const type of types) {
      const all = versions.get(type) ?? [];
      const named = events.flatMap((event) => (event.type === type ? [this.versionOf(event)] : []));
      const used = all.filter(({ version }, index) => index === 0 || named.includes(version));
      const usable = [];
      for (const { _id, version } of used)
        usable.push({ version, dataschema: dataschemaFor(type, version), validate: await this.validatorOf(_id) });
      if (usable.length > 0) checked.set(type, usable);
    }
    return new SchemaChecks(checked, this.config.PUBLIC_URL);
  }

  private readonly versionOf = ({ dataschema = '', type }: Envelope): number | undefined =>
    versionNamed(dataschema, type, this.config.PUBLIC_URL);

  private async validatorOf(id: string): Promise<Validator> {
    const known = this.compiled.get(id);
    if (known !== undefined) return known;
    const registered = await this.schemas.find(id);
    if (registered === undefined) throw new Error(`The schema ${id} is gone.`);
    const { validate } = toUsableSchema(JSON.parse(registered.document));
    this.compiled.set(id, validate);
    return validate;
  }

  private next(
    type: string,
    after: number,
    { document, compatibility }: { document: unknown; compatibility: Compatibility },
  ): RegisteredSchema {
    const version = after + 1;
    return {
      _id: schemaId(type, version),
      type,
      version,
      document: JSON.stringify(document),
      compatibility,
      created_at: this.clock.now(),
    };
  }
}

const withPlace = <T extends Pick<RegisteredSchema, 'type' | 'version'>>(schema: T): T & { dataschema: string } => ({
  ...schema,
  dataschema: dataschemaFor(schema.type, schema.version),
});

function toVersion({ document, ...schema }: RegisteredSchema): SchemaVersion {
  return { ...withPlace(schema), schema: JSON.parse(document) as unknown };
}
