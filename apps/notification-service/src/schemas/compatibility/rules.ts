import type { Keyword } from '../json-schema.js';
import { combining } from './combining-rules.js';
import { type Kind, kindsIn, kindsOf } from './facts.js';
import { ofArrays, ofObjects } from './member-rules.js';
import { strictest, type UpperLimit } from './members.js';
import { type Break, broken, type Question, type Rule, sameIn, undecided } from './question.js';

const NUMBERS = ['integer', 'fraction'] as const satisfies Kind[];

const unlessSame =
  (...keywords: Keyword[]) =>
  ({ facts, goal, at }: Question): Break[] =>
    sameIn(facts, goal, ...keywords) ? [] : undecided(at);

const lengthAtLeast = (keyword: 'minLength' | 'minItems' | 'minProperties', kind: Kind): Rule => ({
  concerns: [kind],
  check: ({ facts, goal, at }) => {
    const least = goal[keyword] ?? 0;
    return (strictest(facts, keyword) ?? 0) >= least ? [] : broken(at, `requires at least ${least}`);
  },
});

const lengthAtMost = (keyword: Exclude<UpperLimit, 'maximum' | 'exclusiveMaximum'>, kind: Kind): Rule => ({
  concerns: [kind],
  check: ({ facts, goal, at }) => {
    const most = goal[keyword] ?? Infinity;
    return (strictest(facts, keyword) ?? Infinity) <= most ? [] : broken(at, `takes at most ${most}`);
  },
});

const type: Rule = {
  check: ({ facts, goal, at }) => {
    const taken = kindsIn(goal.type);
    const left = [...kindsOf(facts)].filter((kind) => !taken.has(kind));
    const names = left.map((kind) => (kind === 'fraction' ? 'number' : kind));
    return left.length === 0 ? [] : broken(at, `does not take ${names.join(', ')}`);
  },
};

/** Data whose values can be counted have been looked at one by one. */
const counted: Rule = { check: ({ at }) => broken(at, 'takes only certain values') };

const uniqueItems: Rule = {
  concerns: ['array'],
  check: ({ facts, goal, at }) =>
    goal.uniqueItems !== true || sameIn(facts, goal, 'uniqueItems') || (strictest(facts, 'maxItems') ?? 2) <= 1
      ? []
      : broken(at, 'takes no equal items'),
};

/** The question of each keyword, for every one of them. */
export const RULES: Record<Keyword, Rule> = {
  type,
  enum: counted,
  const: counted,
  multipleOf: { concerns: NUMBERS, check: unlessSame('multipleOf') },
  minimum: {
    concerns: NUMBERS,
    check: ({ facts, goal, at }) => {
      const least = goal.minimum ?? -Infinity;
      const known = Math.max(
        strictest(facts, 'minimum') ?? -Infinity,
        strictest(facts, 'exclusiveMinimum') ?? -Infinity,
      );
      return known >= least ? [] : broken(at, `requires at least ${least}`);
    },
  },
  exclusiveMinimum: {
    concerns: NUMBERS,
    check: ({ facts, goal, at }) => {
      const bound = goal.exclusiveMinimum ?? -Infinity;
      const holds =
        (strictest(facts, 'minimum') ?? -Infinity) > bound ||
        (strictest(facts, 'exclusiveMinimum') ?? -Infinity) >= bound;
      return holds ? [] : broken(at, `requires more than ${bound}`);
    },
  },
  maximum: {
    concerns: NUMBERS,
    check: ({ facts, goal, at }) => {
      const most = goal.maximum ?? Infinity;
      const known = Math.min(strictest(facts, 'maximum') ?? Infinity, strictest(facts, 'exclusiveMaximum') ?? Infinity);
      return known <= most ? [] : broken(at, `takes at most ${most}`);
    },
  },
  exclusiveMaximum: {
    concerns: NUMBERS,
    check: ({ facts, goal, at }) => {
      const bound = goal.exclusiveMaximum ?? Infinity;
      const holds =
        (strictest(facts, 'maximum') ?? Infinity) < bound ||
        (strictest(facts, 'exclusiveMaximum') ?? Infinity) <= bound;
      return holds ? [] : broken(at, `takes less than ${bound}`);
    },
  },
  minLength: lengthAtLeast('minLength', 'string'),
  maxLength: lengthAtMost('maxLength', 'string'),
  pattern: { concerns: ['string'], check: unlessSame('pattern') },
  format: { concerns: ['string'], check: unlessSame('format') },
  minItems: lengthAtLeast('minItems', 'array'),
  maxItems: lengthAtMost('maxItems', 'array'),
  uniqueItems,
  minProperties: lengthAtLeast('minProperties', 'object'),
  maxProperties: lengthAtMost('maxProperties', 'object'),
  ...ofObjects,
  ...ofArrays,
  ...combining,
};
