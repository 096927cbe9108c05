import { pointerTo } from '../json-schema.js';
import {
  longestPrefix,
  matches,
  namesIn,
  patternsIn,
  schemasOfItem,
  schemasOfProperty,
  schemasOfUnnamed,
  strictest,
} from './members.js';
import { type Break, type Question, type Rule, sameIn, undecided } from './question.js';

const onObjects = (check: Rule['check']): Rule => ({ concerns: ['object'], check });
const onArrays = (check: Rule['check']): Rule => ({ concerns: ['array'], check });

const isRequired = ({ facts }: Question, name: string): boolean =>
  facts.some(({ required = [] }) => required.includes(name));

function required(question: Question): Break[] {
  const names = question.goal.required ?? [];
  return names.flatMap((name, index) =>
    isRequired(question, name) ? [] : [{ pointer: pointerTo(question.at, index), message: `requires ${name}` }],
  );
}

function dependentRequired(question: Question): Break[] {
  const { facts, goal, at } = question;
  return Object.entries(goal.dependentRequired ?? {}).flatMap(([name, names]) => {
    const known = facts.flatMap(({ dependentRequired: own = {} }) =>
      Object.hasOwn(own, name) ? (own[name] ?? []) : [],
    );
    const missing = names.filter((other) => !known.includes(other) && !isRequired(question, other));
    if (missing.length === 0) return [];
    return [{ pointer: pointerTo(at, name), message: `requires ${missing.join(', ')} beside ${name}` }];
  });
}

const properties = ({ facts, goal, at, comparison }: Question): Break[] =>
  Object.entries(goal.properties ?? {}).flatMap(([name, schema]) =>
    comparison.breaks(schemasOfProperty(name, facts), schema, pointerTo(at, name)),
  );

const patternProperties = ({ facts, goal, at, comparison }: Question): Break[] =>
  Object.entries(goal.patternProperties ?? {}).flatMap(([pattern, schema]) => {
    const named = namesIn(facts).filter((name) => matches(pattern, name));
    const known = [...named.map((name) => schemasOfProperty(name, facts)), schemasOfUnnamed(facts, pattern)];
    return known.flatMap((given) => comparison.breaks(given, schema, pointerTo(at, pattern)));
  });

/** Every property that the goal neither names nor has a pattern for: those that facts name, and whatever else there is. */
function additionalProperties({ facts, goal, at, comparison }: Question): Break[] {
  const { additionalProperties: rest = true, properties: named = {}, patternProperties: patterned = {} } = goal;
  const patterns = Object.keys(patterned);
  const names = namesIn(facts).filter(
    (name) => !Object.hasOwn(named, name) && !patterns.some((pattern) => matches(pattern, name)),
  );
  const breaksOf = (given: ReturnType<typeof schemasOfUnnamed>, which: string): Break[] =>
    comparison.breaks(given, rest, at).map(({ pointer, message }) => ({ pointer, message: `${message} (${which})` }));
  return [
    ...names.flatMap((name) => breaksOf(schemasOfProperty(name, facts), name)),
    ...patternsIn(facts)
      .filter((pattern) => !patterns.includes(pattern))
      .flatMap((pattern) => breaksOf(schemasOfUnnamed(facts, pattern), `any property like ${pattern}`)),
    ...breaksOf(schemasOfUnnamed(facts), 'any other property'),
  ];
}

const propertyNames = ({ facts, goal, at, comparison }: Question): Break[] => {
  const known = facts.flatMap(({ propertyNames: names }) => (names === undefined ? [] : [names]));
  return comparison.breaks([{ type: 'string' }, ...known], goal.propertyNames ?? true, at);
};

function prefixItems({ facts, goal, at, comparison }: Question): Break[] {
  const most = strictest(facts, 'maxItems') ?? Infinity;
  return (goal.prefixItems ?? []).flatMap((schema, index) =>
    index < most ? comparison.breaks(schemasOfItem(index, facts), schema, pointerTo(at, index)) : [],
  );
}

/** The items after the goal's prefix: as long as facts tell them apart, and then one for all others. */
function items({ facts, goal, at, comparison }: Question): Break[] {
  const most = strictest(facts, 'maxItems') ?? Infinity;
  const first = goal.prefixItems?.length ?? 0;
  const last = Math.max(first, longestPrefix(facts));
  const indexes = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  return indexes
    .filter((index) => index < most)
    .flatMap((index) => comparison.breaks(schemasOfItem(index, facts), goal.items ?? true, at));
}

const contains = ({ facts, goal, at }: Question): Break[] =>
  sameIn(facts, goal, 'contains', 'minContains', 'maxContains') ? [] : undecided(at);

/** Means something only beside `contains`, and has been looked at with it. */
const withContains: Rule = { check: () => [] };

export const ofObjects = {
  required: onObjects(required),
  dependentRequired: onObjects(dependentRequired),
  properties: onObjects(properties),
  patternProperties: onObjects(patternProperties),
  additionalProperties: onObjects(additionalProperties),
  propertyNames: onObjects(propertyNames),
};

export const ofArrays = {
  prefixItems: onArrays(prefixItems),
  items: onArrays(items),
  contains: onArrays(contains),
  minContains: withContains,
  maxContains: withContains,
};
