import { z } from 'zod';

interface Converted {
  schema: Record<string, unknown>;
  components: Record<string, Record<string, unknown>>;
}

/**
 * A Zod schema as JSON Schema 2020-12, which is what OpenAPI 3.1 speaks (the scanner's own default is OpenAPI 3.0's
 * dialect). Schemas with a `meta({ id })` become components; `meta({ openapi })` replaces what a transform hides.
 */
export function toOpenApiSchema(
  schema: unknown,
  { schemaType }: { schemaType: 'input' | 'output' },
): Converted | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, {
    io: schemaType,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { openapi, examples } = z.globalRegistry.get(zodSchema) ?? {};
      // Zod leaves them out of what a transform reads, for fear that they show what it makes: ours show what is sent.
      if (Array.isArray(examples)) jsonSchema.examples = examples as unknown[];
      if (typeof openapi !== 'object') return;
      for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
      Object.assign(jsonSchema, openapi);
    },
  }) as Record<string, unknown> & { $defs?: Converted['components'] };
  const components = Object.fromEntries(Object.entries($defs).map(([name, { id: _id, ...rest }]) => [name, rest]));
  const { id, ...rest } = root;
  if (typeof id !== 'string') return { schema: root, components };
  return { schema: { $ref: `#/components/schemas/${id}` }, components: { ...components, [id]: rest } };
}
