import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '#kernel';
import type { JsonSchema, Keyword, SchemaObject } from '../json-schema.js';
import type { Facts, Kind } from './facts.js';

/** A place where data might be valid by the one schema and not by the other. */
export type Break = FieldError;

/** What a rule asks of the comparison that it is part of. */
export interface Comparison {
  /** Where data that are valid by all of `given` might not be valid by `goal`; nothing where they always are. */
  breaks(given: readonly JsonSchema[], goal: JsonSchema, at: string): Break[];
  /** Whether it is certain that nothing is valid by all of `given`. */
  impossible(given: readonly JsonSchema[]): boolean;
}

/** One keyword of the schema that data are to be valid by, next to all that is known of them. */
export interface Question {
  facts: Facts;
  goal: SchemaObject;
  /** Where the keyword stands. */
  at: string;
  comparison: Comparison;
}

export interface Rule {
  /** The kinds of values that the keyword says something about; all where none are named. */
  concerns?: readonly Kind[];
  check: (question: Question) => Break[];
}

export const broken = (at: string, message: string): Break[] => [{ pointer: at, message }];

export const undecided = (at: string): Break[] =>
  broken(at, 'cannot be compared with the other version, and so counts as incompatible');

/** Holds where some fact says the very same with these keywords. */
export const sameIn = (facts: Facts, goal: SchemaObject, ...keywords: Keyword[]): boolean =>
  facts.some((fact) => keywords.every((keyword) => isDeepStrictEqual(fact[keyword], goal[keyword])));
