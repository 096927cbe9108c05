import type { Envelope } from '#contracts';
import { UsherError } from '#kernel';
import { versionNamed } from './schema-version.js';
import type { Validator } from './validator.js';

/** A version that is there to be checked against. */
export interface CheckedVersion {
  version: number;
  dataschema: string;
  validate: Validator;
}

const mismatch = (detail: string, errors: { pointer: string; message: string }[] = []): UsherError =>
  new UsherError('schema-mismatch', detail, { errors });

/** The schemas that some events are held against, as they were when these arrived. */
export class SchemaChecks {
  /** @param versions By type: each version that an event names, and the newest. */
  constructor(
    private readonly versions: ReadonlyMap<string, readonly CheckedVersion[]>,
    private readonly publicUrl: string,
  ) {}

  /**
   * The `dataschema` that the event's data fit: of the version that its own `dataschema` names, else of the newest;
   * undefined where its type has no schema. Throws `schema-mismatch` where they do not fit.
   */
  check(event: Envelope): string | undefined {
    const versions = this.versions.get(event.type);
    if (versions === undefined) return undefined;
    const named = versionNamed(event.dataschema ?? '', event.type, this.publicUrl);
    const schema = versions.find(({ version }) => named === undefined || version === named);
    if (schema === undefined) throw mismatch(`There is no version ${named ?? ''} of the schema of ${event.type}.`);
    if (!('data' in event) || !isJson(event.datacontenttype))
      throw mismatch(`The data of ${event.type} have to be JSON: the type has a schema.`);
    const errors = schema.validate(event.data, '/data');
    if (errors.length > 0) throw mismatch(`The data do not fit ${schema.dataschema}; see \`errors\`.`, errors);
    return schema.dataschema;
  }
}

/** JSON is what an event's data are where it does not say (CloudEvents 1.0.2, "datacontenttype"). */
const isJson = (mediaType = 'application/json'): boolean =>
  /^[^;/]+\/(?:json|[^;/]+\+json)\s*(?:;|$)/i.test(mediaType.trim());
