import type { JsonSchema, SchemaObject } from '../json-schema.js';
import { compilePattern } from '../patterns.js';
import type { Facts } from './facts.js';

const given = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

export const matches = (pattern: string, name: string): boolean => compilePattern(pattern).test(name);

const patternsOf = (schema: SchemaObject): [string, JsonSchema][] => Object.entries(schema.patternProperties ?? {});

const propertyOf = ({ properties }: SchemaObject, name: string): JsonSchema | undefined =>
  properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;

/** What holds for the property of that name. */
export const schemasOfProperty = (name: string, facts: Facts): JsonSchema[] =>
  facts.flatMap((fact) => {
    const own = [
      ...given(propertyOf(fact, name)),
      ...patternsOf(fact).flatMap(([pattern, schema]) => (matches(pattern, name) ? [schema] : [])),
    ];
    return own.length > 0 ? own : given(fact.additionalProperties);
  });

/** The properties that facts name. */
export const namesIn = (facts: Facts): string[] => [
  ...new Set(facts.flatMap(({ properties }) => Object.keys(properties ?? {}))),
];

export const patternsIn = (facts: Facts): string[] => [
  ...new Set(facts.flatMap((fact) => patternsOf(fact).map(([pattern]) => pattern))),
];

/**
 * What certainly holds for properties that no fact names: those that match `pattern`, or those that match no fact's
 * pattern where none is given. Whether they match other patterns of a fact is not known; so such a fact says nothing.
 */
export const schemasOfUnnamed = (facts: Facts, pattern?: string): JsonSchema[] =>
  facts.flatMap((fact) => {
    const patterns = patternsOf(fact);
    const same = patterns.filter(([own]) => own === pattern).map(([, schema]) => schema);
    if (same.length > 0) return same;
    return pattern === undefined || patterns.length === 0 ? given(fact.additionalProperties) : [];
  });

/** What holds for the item at `index`. */
export const schemasOfItem = (index: number, facts: Facts): JsonSchema[] =>
  facts.flatMap(({ prefixItems = [], items }) => {
    const own = prefixItems[index];
    return own === undefined ? given(items) : [own];
  });

/** How many items facts tell apart. */
export const longestPrefix = (facts: Facts): number =>
  Math.max(0, ...facts.map(({ prefixItems = [] }) => prefixItems.length));

/** The strictest of a limit that facts set, if any does. */
export function strictest(facts: Facts, keyword: LowerLimit | UpperLimit): number | undefined {
  const limits = facts.flatMap((fact) => given(fact[keyword]));
  if (limits.length === 0) return undefined;
  return isLower(keyword) ? Math.max(...limits) : Math.min(...limits);
}

const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
export type LowerLimit = (typeof LOWER)[number];
export type UpperLimit = 'maximum' | 'exclusiveMaximum' | 'maxLength' | 'maxItems' | 'maxProperties';

const isLower = (keyword: LowerLimit | UpperLimit): keyword is LowerLimit => LOWER.some((lower) => lower === keyword);
