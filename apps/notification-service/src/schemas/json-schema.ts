/** A schema of JSON Schema 2020-12 whose form has been checked: only keywords of the table below. */
export type JsonSchema = boolean | SchemaObject;

export interface SchemaObject {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  multipleOf?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  maxLength?: number;
  minLength?: number;
  pattern?: string;
  format?: string;
  maxItems?: number;
  minItems?: number;
  uniqueItems?: boolean;
  maxContains?: number;
  minContains?: number;
  maxProperties?: number;
  minProperties?: number;
  required?: string[];
  dependentRequired?: Record<string, string[]>;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  prefixItems?: JsonSchema[];
  not?: JsonSchema;
  if?: JsonSchema;
  then?: JsonSchema;
  else?: JsonSchema;
  items?: JsonSchema;
  contains?: JsonSchema;
  propertyNames?: JsonSchema;
  additionalProperties?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  patternProperties?: Record<string, JsonSchema>;
  dependentSchemas?: Record<string, JsonSchema>;
}

type KeywordKind = 'plain' | 'schema' | 'list' | 'map';

/**
 * Every keyword that says what is valid, by what stands in it; those about what is unevaluated are not taken
 * (docs/decisions/schemas.md).
 */
export const KEYWORDS = {
  type: 'plain',
  enum: 'plain',
  const: 'plain',
  multipleOf: 'plain',
  maximum: 'plain',
  exclusiveMaximum: 'plain',
  minimum: 'plain',
  exclusiveMinimum: 'plain',
  maxLength: 'plain',
  minLength: 'plain',
  pattern: 'plain',
  format: 'plain',
  maxItems: 'plain',
  minItems: 'plain',
  uniqueItems: 'plain',
  maxContains: 'plain',
  minContains: 'plain',
  maxProperties: 'plain',
  minProperties: 'plain',
  required: 'plain',
  dependentRequired: 'plain',
  allOf: 'list',
  anyOf: 'list',
  oneOf: 'list',
  prefixItems: 'list',
  not: 'schema',
  if: 'schema',
  then: 'schema',
  else: 'schema',
  items: 'schema',
  contains: 'schema',
  propertyNames: 'schema',
  additionalProperties: 'schema',
  properties: 'map',
  patternProperties: 'map',
  dependentSchemas: 'map',
} as const satisfies Record<keyof SchemaObject, KeywordKind>;

export type Keyword = keyof typeof KEYWORDS;

/** Says nothing about what is valid: left out of the schema that is worked with. */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  '$comment',
  '$defs',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
]);

/** A JSON Pointer (RFC 6901) to a member of what `at` points to. */
export const pointerTo = (at: string, ...path: (string | number)[]): string =>
  at + path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
