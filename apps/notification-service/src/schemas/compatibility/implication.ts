import { isDeepStrictEqual } from 'node:util';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { type JsonSchema, type Keyword, KEYWORDS, pointerTo, type SchemaObject } from '../json-schema.js';
import { compilerOf } from '../validator.js';
import { candidatesOf, casesOf, type Facts, factsOf, kindsOf, typesOf } from './facts.js';
import { schemasOfProperty } from './members.js';
import type { Break, Comparison } from './question.js';
import { RULES } from './rules.js';

const MAX_STEPS = 20_000;
/** Compiling takes about a millisecond, a step some microseconds. */
const COMPILING = 50;

/** Two schemas that branch so much that comparing them would take too long. */
export class TooComplex extends Error {}

/**
 * Decides whether whatever is valid by one schema is valid by another. It errs on one side only: no break means that it
 * is so, while a break may also be something that it cannot see through. Schemas are without references.
 */
export class Implication implements Comparison {
  private steps = 0;
  private compile: ReturnType<typeof compilerOf> | undefined;
  private readonly compiled = new WeakMap<SchemaObject, ValidateFunction>();

  /** @param pointers Where the objects of goals stand in their documents, other than where they were come upon. */
  constructor(private readonly pointers: ReadonlyMap<object, string>) {}

  breaks(given: readonly JsonSchema[], goal: JsonSchema, at: string): Break[] {
    this.step();
    if (goal === true || given.some((schema) => isDeepStrictEqual(schema, goal)) || this.impossible(given)) return [];
    const place = typeof goal === 'object' ? (this.pointers.get(goal) ?? at) : at;
    if (goal === false) return [{ pointer: place, message: 'takes nothing at all' }];
    const facts = factsOf(given) ?? [];
    const values = this.valuesOf(facts);
    if (values !== undefined) return this.refusedOf(values, goal, place);
    const direct = this.byKeyword(facts, goal, place);
    if (direct.length === 0) return [];
    const cases = casesOf(facts) ?? (branches(goal) ? typesOf(facts) : undefined);
    return cases === undefined ? direct : cases.flatMap((one) => this.breaks(one, goal, at));
  }

  impossible(given: readonly JsonSchema[]): boolean {
    this.step();
    const facts = factsOf(given);
    if (facts === undefined || kindsOf(facts).size === 0) return true;
    if (this.valuesOf(facts)?.length === 0) return true;
    if (this.lacksRequired(facts)) return true;
    return casesOf(facts)?.every((one) => this.impossible(one)) ?? false;
  }

  /** Whether the data are objects that would have to have what they cannot have. */
  private lacksRequired(facts: Facts): boolean {
    const kinds = kindsOf(facts);
    if (kinds.size !== 1 || !kinds.has('object')) return false;
    const required = new Set(facts.flatMap((fact) => fact.required ?? []));
    return [...required].some((name) => this.impossible(schemasOfProperty(name, facts)));
  }

  /** Exactly the values that the data can have, where they can be counted. */
  private valuesOf(facts: Facts): unknown[] | undefined {
    return candidatesOf(facts)?.filter((value) => facts.every((fact) => this.valid(fact, value)));
  }

  private refusedOf(values: readonly unknown[], goal: SchemaObject, at: string): Break[] {
    const refused = values.filter((value) => !this.valid(goal, value));
    if (refused.length === 0) return [];
    const named = refused.slice(0, 5).map((value) => JSON.stringify(value).slice(0, 100));
    return [{ pointer: at, message: `does not take ${named.join(', ')}${refused.length > 5 ? ' …' : ''}` }];
  }

  private byKeyword(facts: Facts, goal: SchemaObject, at: string): Break[] {
    const kinds = kindsOf(facts);
    return keywordsIn(goal).flatMap((keyword) => {
      const { concerns, check } = RULES[keyword];
      if (concerns !== undefined && !concerns.some((kind) => kinds.has(kind))) return [];
      return check({ facts, goal, at: pointerTo(at, keyword), comparison: this });
    });
  }

  private valid(schema: SchemaObject, value: unknown): boolean {
    this.step();
    return this.validatorOf(schema)(value);
  }

  private validatorOf(schema: SchemaObject): ValidateFunction {
    const known = this.compiled.get(schema);
    if (known !== undefined) return known;
    this.step(COMPILING);
    // Not strict: Ajv does not look into a branch that makes no difference, but here each is looked at by itself.
    this.compile ??= compilerOf({ strict: false });
    const validate = this.compile(schema);
    this.compiled.set(schema, validate);
    return validate;
  }

  private step(cost = 1): void {
    this.steps += cost;
    if (this.steps > MAX_STEPS) throw new TooComplex();
  }
}

const keywordsIn = (schema: SchemaObject): Keyword[] =>
  Object.keys(schema).filter((name): name is Keyword => Object.hasOwn(KEYWORDS, name));

const branches = ({ anyOf, oneOf, allOf, if: condition }: SchemaObject): boolean =>
  anyOf !== undefined || oneOf !== undefined || allOf !== undefined || condition !== undefined;
