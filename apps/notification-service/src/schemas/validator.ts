import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FieldError } from '#kernel';
import { type JsonSchema, pointerTo } from './json-schema.js';
import { compilePattern } from './patterns.js';

/** Those formats that are cheap to check, and mean the same everywhere. */
const FORMATS = [
  'date-time',
  'date',
  'time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uri-reference',
  'uuid',
  'json-pointer',
] as const;

/** What is wrong with some data, as field errors below `at`; nothing where they are valid. */
export type Validator = (data: unknown, at?: string) => FieldError[];

/** Compiles a schema that `inlineReferences` has let through. What it compiled to is garbage with the validator. Throws where it cannot. */
export function compileValidator(schema: JsonSchema): Validator {
  const validate = compilerOf()(schema);
  return (data, at = '') => (validate(data) ? [] : (validate.errors ?? []).map((error) => toFieldError(error, at)));
}

/** A compiler for several schemas; it keeps all of them. A strict one throws where a keyword has no effect. */
export function compilerOf({ strict = true } = {}): (schema: JsonSchema) => ValidateFunction {
  const ajv = new Ajv2020({
    strict,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    allowUnionTypes: true,
    allowMatchingProperties: true,
    // The first error is enough, and data made to have millions of them cost no more.
    allErrors: false,
    // A member that every object inherits is not there.
    ownProperties: true,
    meta: false,
    validateSchema: false,
    logger: false,
    code: { regExp: Object.assign((source: string) => compilePattern(source), { code: 'compilePattern' }) },
  });
  // Ajv follows what is evaluated whether anybody asks or not, and in doing so makes functions that throw.
  ajv.opts.unevaluated = false;
  addFormats.default(ajv, { mode: 'full', formats: [...FORMATS] });
  replaceUniqueItems(ajv);
  replacePrefixItems(ajv);
  return (schema) => ajv.compile(schema);
}

/** Ajv compares every item with every other. */
function replaceUniqueItems(ajv: Ajv2020): void {
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    errors: false,
    error: { message: 'must not have equal items' },
    validate: (unique: boolean, items: unknown[]) => !unique || new Set(items.map(canonical)).size === items.length,
  });
}

/** Of an array that is shorter than its prefix, Ajv checks nothing that comes after it: what it asks for is not set. */
function replacePrefixItems(ajv: Ajv2020): void {
  ajv.removeKeyword('prefixItems');
  ajv.addKeyword({
    keyword: 'prefixItems',
    type: 'array',
    schemaType: 'array',
    errors: false,
    error: { message: 'must begin with certain items' },
    compile: (schemas: JsonSchema[]) => {
      const validate = schemas.map((schema) => ajv.compile(schema));
      return (items: unknown[]) => items.every((item, index) => validate[index]?.(item) ?? true);
    },
  });
}

/** The same text for equal JSON, and for no other. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function toFieldError(
  { instancePath, keyword, message = 'is not valid', params }: ErrorObject,
  at: string,
): FieldError {
  const { missingProperty, additionalProperty } = params as Record<string, string | undefined>;
  const where = at + instancePath;
  if (keyword === 'required' && missingProperty !== undefined)
    return { pointer: pointerTo(where, missingProperty), message: 'is required' };
  if (additionalProperty !== undefined)
    return { pointer: pointerTo(where, additionalProperty), message: 'is not known here' };
  return { pointer: where, message };
}
