import { z } from 'zod';
import { timestampSchema } from '#contracts';
import { pageQuery } from '#http';
import { COMPATIBILITIES } from './compatibility/compatibility.js';
import type { SchemaVersion } from './schema-version.js';

const MAX_VERSION = 999_999;

/** What a type must be called to have a schema: it stands in a path. */
export const typeParameter = z.string().regex(/^[\x21-\x2e\x30-\x7e]{1,200}$/);

export const versionParameter = z
  .string()
  .regex(/^[1-9]\d{0,5}$/)
  .transform(Number)
  .meta({ openapi: { type: 'integer', minimum: 1, maximum: MAX_VERSION } });

const compatibility = z
  .enum(COMPATIBILITIES)
  .describe('What is kept to the version before; null for Usher’s own, which change by the rules of its contracts');

/** A schema in a list: what it is, without the schema itself. */
export const schemaEntry = z
  .object({
    type: z.string().describe('The CloudEvents type whose data it describes'),
    version: z.int(),
    compatibility: compatibility.nullable(),
    dataschema: z.string().describe('Where it is served, as in the events’ `dataschema`'),
    created_at: timestampSchema.nullable().describe('Null for Usher’s own'),
  })
  .meta({ id: 'SchemaEntry' });

const document = z.union([z.boolean(), z.record(z.string(), z.unknown())]).describe('JSON Schema 2020-12');

export const schemaResource = schemaEntry.extend({ schema: document }).meta({ id: 'SchemaVersion' });

export const newSchema = z.strictObject({ schema: document, compatibility: compatibility.default('backward') }).meta({
  examples: [
    {
      schema: {
        type: 'object',
        required: ['total_cents'],
        properties: { total_cents: { type: 'integer', minimum: 0 } },
      },
      compatibility: 'backward',
    },
  ],
});

export const schemasQuery = z.strictObject(pageQuery);

export const presentEntry = ({
  type,
  version,
  compatibility,
  dataschema,
  created_at,
}: Omit<SchemaVersion, 'schema'>): z.infer<typeof schemaEntry> => ({
  type,
  version,
  compatibility,
  dataschema,
  created_at: created_at?.toISOString() ?? null,
});

export const presentSchema = (schema: SchemaVersion): z.infer<typeof schemaResource> => ({
  ...presentEntry(schema),
  schema: schema.schema as z.infer<typeof document>,
});
