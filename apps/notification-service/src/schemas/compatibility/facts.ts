import type { JsonSchema, SchemaObject } from '../json-schema.js';

/** What is known of some data: valid by each of these. */
export type Facts = readonly SchemaObject[];

/** Kinds of values such that `type` names unions of them; a fraction is a number that is no integer. */
const KINDS = ['null', 'boolean', 'integer', 'fraction', 'string', 'array', 'object'] as const;
export type Kind = (typeof KINDS)[number];

export const without = (schema: SchemaObject, ...keywords: (keyof SchemaObject)[]): SchemaObject => {
  const rest = { ...schema };
  for (const keyword of keywords) Reflect.deleteProperty(rest, keyword);
  return rest;
};

/** The same knowledge without `allOf`; undefined where it says that there is no such data. */
export function factsOf(schemas: readonly JsonSchema[]): Facts | undefined {
  const facts: SchemaObject[] = [];
  const pending = [...schemas];
  for (let schema = pending.pop(); schema !== undefined; schema = pending.pop()) {
    if (schema === false) return undefined;
    if (schema === true) continue;
    if (schema.allOf === undefined) facts.push(schema);
    else {
      facts.push(without(schema, 'allOf'));
      pending.push(...schema.allOf);
    }
  }
  return facts;
}

/** The kinds of values that `type` lets in. */
export function kindsIn(type: SchemaObject['type']): ReadonlySet<Kind> {
  if (type === undefined) return new Set(KINDS);
  const names = new Set([type].flat());
  return new Set(
    KINDS.filter((kind) => names.has(kind) || (names.has('number') && (kind === 'integer' || kind === 'fraction'))),
  );
}

/** The kinds of values that the data may be of. */
export function kindsOf(facts: Facts): ReadonlySet<Kind> {
  const each = facts.map(({ type }) => kindsIn(type));
  return new Set(KINDS.filter((kind) => each.every((kinds) => kinds.has(kind))));
}

/** The values that come into question, where they can be counted; some may be ruled out by other facts. */
export function candidatesOf(facts: Facts): readonly unknown[] | undefined {
  const lists = facts.flatMap((fact) =>
    'const' in fact ? [[fact.const]] : fact.enum === undefined ? [] : [fact.enum],
  );
  const kinds = kindsOf(facts);
  if ([...kinds].every((kind) => kind === 'null' || kind === 'boolean')) lists.push([null, true, false]);
  return lists.sort((a, b) => a.length - b.length)[0];
}

const UNIONS = ['anyOf', 'oneOf'] as const;

/** The data's cases, one of which holds, by the first union in the facts; undefined where there is none. */
export function casesOf(facts: Facts): JsonSchema[][] | undefined {
  for (const [index, fact] of facts.entries())
    for (const union of UNIONS) {
      const branches = fact[union];
      if (branches === undefined) continue;
      const rest = without(fact, union);
      return branches.map((branch) => [...facts.toSpliced(index, 1, rest), branch]);
    }
  return undefined;
}

/** The data's cases by their type; undefined where there is but one. */
export function typesOf(facts: Facts): JsonSchema[][] | undefined {
  const kinds = kindsOf(facts);
  const names = new Set([...kinds].map((kind) => (kind === 'fraction' ? 'number' : kind)));
  if (names.has('number')) names.delete('integer');
  return names.size < 2 ? undefined : [...names].map((type) => [...facts, { type }]);
}
