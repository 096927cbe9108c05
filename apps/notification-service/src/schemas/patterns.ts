import { RE2JS } from 're2js';

/** A regular expression that takes time linear in the text, whatever it is. */
export interface Pattern {
  test(text: string): boolean;
  /** How many steps a character may take. */
  readonly cost: number;
  toString(): string;
}

const MAX_LENGTH = 1_000;

/**
 * Compiles a `pattern`. RE2 knows no backreferences and no looking around, which is what makes other engines slow: a
 * schema comes from outside, and must not be able to stop the service. Throws where it is no such expression.
 */
export function compilePattern(source: string): Pattern {
  if (source.length > MAX_LENGTH) throw new RangeError(`is longer than ${MAX_LENGTH} characters`);
  const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
  return { test: (text) => compiled.test(text), cost: compiled.programSize(), toString: () => source };
}
