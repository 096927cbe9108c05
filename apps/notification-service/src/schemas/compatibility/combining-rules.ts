import { isDeepStrictEqual } from 'node:util';
import { pointerTo } from '../json-schema.js';
import { type Break, type Question, type Rule, sameIn, undecided } from './question.js';

const allOf = ({ facts, goal, at, comparison }: Question): Break[] =>
  (goal.allOf ?? []).flatMap((schema, index) => comparison.breaks(facts, schema, pointerTo(at, index)));

function anyOf({ facts, goal, at, comparison }: Question): Break[] {
  const branches = goal.anyOf ?? [];
  const taken = branches.some((branch, index) => comparison.breaks(facts, branch, pointerTo(at, index)).length === 0);
  return taken ? [] : [{ pointer: at, message: 'has no alternative that certainly takes all of it' }];
}

/** One takes all of it, and the others certainly nothing. */
function oneOf({ facts, goal, at, comparison }: Question): Break[] {
  const branches = goal.oneOf ?? [];
  if (facts.some((fact) => isDeepStrictEqual(fact.oneOf, branches))) return [];
  const taken = branches.some(
    (branch, index) =>
      comparison.breaks(facts, branch, pointerTo(at, index)).length === 0 &&
      branches.every((other, at) => at === index || comparison.impossible([...facts, other])),
  );
  return taken ? [] : [{ pointer: at, message: 'has no alternative that certainly, and alone, takes all of it' }];
}

function not({ facts, goal, at, comparison }: Question): Break[] {
  if (facts.some((fact) => fact.not !== undefined && isDeepStrictEqual(fact.not, goal.not))) return [];
  return comparison.impossible([...facts, goal.not ?? false]) ? [] : undecided(at);
}

function condition({ facts, goal, at, comparison }: Question): Break[] {
  if (sameIn(facts, goal, 'if', 'then', 'else')) return [];
  const { if: when = true, then: and = true, else: or = true } = goal;
  const beside = (keyword: 'then' | 'else'): string => at.replace(/if$/, keyword);
  const then = comparison.breaks([...facts, when], and, beside('then'));
  if (comparison.breaks(facts, when, at).length === 0) return then;
  return [...then, ...comparison.breaks(facts, or, beside('else'))];
}

const dependentSchemas = ({ facts, goal, at, comparison }: Question): Break[] =>
  Object.entries(goal.dependentSchemas ?? {}).flatMap(([name, schema]) =>
    comparison.breaks([...facts, { required: [name] }], schema, pointerTo(at, name)),
  );

/** Means something only beside `if`, and has been looked at with it. */
const withIf: Rule = { check: () => [] };

export const combining = {
  allOf: { check: allOf },
  anyOf: { check: anyOf },
  oneOf: { check: oneOf },
  not: { check: not },
  if: { check: condition },
  then: withIf,
  else: withIf,
  dependentSchemas: { concerns: ['object'] as const, check: dependentSchemas },
} satisfies Record<string, Rule>;
