import { z } from 'zod';
import { dataschemaOf, EVENT_TYPES, isUsherEventType } from '#contracts';
import { schemaId, type SchemaVersion } from './schema-version.js';

/** The schemas of what Usher itself publishes, from the contracts; sorted. */
export const OWN_SCHEMAS: readonly SchemaVersion[] = Object.entries(EVENT_TYPES)
  .flatMap(([type, versions]) =>
    versions.map((schema, index): SchemaVersion => {
      if (!isUsherEventType(type)) throw new TypeError(`${type} is no type of Usher's.`);
      const version = index + 1;
      return {
        _id: schemaId(type, version),
        type,
        version,
        compatibility: null,
        dataschema: dataschemaOf(type, version),
        schema: z.toJSONSchema(schema, { io: 'input' }),
        created_at: null,
      };
    }),
  )
  .sort((a, b) => (a._id < b._id ? -1 : 1));
