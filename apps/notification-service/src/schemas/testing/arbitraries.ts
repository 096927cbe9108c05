import fc from 'fast-check';

const NAMES = ['a', 'b', 'ab', 'x-1'] as const;
const PATTERNS = ['^a', '^x-', 'b$'] as const;

/** JSON such as the schemas below speak of: few names and few values, so that they meet. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, false, 0, 1, 2, 3, 1.5, -1, '', 'a', 'ab', 'abc', 'x'),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
export const arbitraryJson = json;

const small = fc.integer({ min: 0, max: 3 });
const names = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 2 });
const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const;
const plain = { noNullPrototype: true } as const;
const optional = { requiredKeys: [] as [], ...plain };

/** Schemas over that JSON, of every keyword that is compared. */
const { schema } = fc.letrec<{ schema: unknown }>((tie) => {
  const sub = tie('schema');
  const list = fc.array(sub, { minLength: 1, maxLength: 2 });
  const map = (keys: readonly string[]): fc.Arbitrary<unknown> =>
    fc.dictionary(fc.constantFrom(...keys), sub, { minKeys: 1, maxKeys: 2, ...plain });
  const type = {
    type: fc.oneof(
      fc.constantFrom(...TYPES),
      fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 3 }),
    ),
  };
  return {
    schema: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.boolean(),
      fc.record(type, plain),
      fc.record({ enum: fc.uniqueArray(json, { minLength: 1, maxLength: 3, comparator: sameJson }) }, plain),
      fc.record({ const: json }, plain),
      fc.record(
        {
          ...type,
          minimum: small,
          maximum: small,
          exclusiveMinimum: small,
          exclusiveMaximum: small,
          multipleOf: fc.constantFrom(1, 2, 0.5),
        },
        optional,
      ),
      fc.record({ ...type, minLength: small, maxLength: small, pattern: fc.constantFrom(...PATTERNS) }, optional),
      fc.record(
        {
          ...type,
          properties: map(NAMES),
          patternProperties: map(PATTERNS),
          additionalProperties: sub,
          required: names,
          dependentRequired: fc.dictionary(fc.constantFrom(...NAMES), names, { minKeys: 1, maxKeys: 1, ...plain }),
          dependentSchemas: map(NAMES),
          propertyNames: sub,
          minProperties: small,
          maxProperties: small,
        },
        optional,
      ),
      fc.record(
        {
          ...type,
          prefixItems: list,
          items: sub,
          minItems: small,
          maxItems: small,
          uniqueItems: fc.boolean(),
          contains: sub,
          minContains: small,
          maxContains: small,
        },
        optional,
      ),
      fc.record({ ...type, allOf: list, anyOf: list, oneOf: list, not: sub }, optional),
      fc.record({ if: sub, then: sub, else: sub }, plain),
    ),
  };
});
export const arbitrarySchema = schema;

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Two versions of a schema: most differ in a place or two, for of two schemas at random hardly any is compatible with the
 * other.
 */
export const arbitraryVersions: fc.Arbitrary<[before: unknown, after: unknown]> = schema.chain((before) =>
  fc.tuple(
    fc.constant(before),
    fc.oneof(
      fc.tuple(fc.nat(), schema).map(([at, other]) => changed(before, at, other)),
      fc.nat().map((at) => dropped(before, at)),
      schema.map((other) => ({ anyOf: [other, before] })),
      schema,
    ),
  ),
);

/** Of this realm, which `structuredClone` in a test is not. */
export const copyOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Every object in a schema, with itself first. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? below : [value as Record<string, unknown>, ...below];
}

function changed(schema: unknown, at: number, other: unknown): unknown {
  const copy: unknown = copyOf(schema);
  const places = objectsIn(copy);
  const place = places[at % Math.max(places.length, 1)];
  if (place === undefined || typeof other !== 'object' || other === null) return other;
  for (const [keyword, value] of Object.entries(other))
    if (keyword in place || places.length % 2 === 0) place[keyword] = value;
  return copy;
}

function dropped(schema: unknown, at: number): unknown {
  const copy: unknown = copyOf(schema);
  const places = objectsIn(copy).flatMap((object) => Object.keys(object).map((key) => [object, key] as const));
  const [object, key] = places[at % Math.max(places.length, 1)] ?? [];
  if (object !== undefined && key !== undefined) Reflect.deleteProperty(object, key);
  return copy;
}
