import { UsherError } from '#kernel';
import type { InlinedSchema } from '../inline-references.js';
import { Implication, TooComplex } from './implication.js';
import type { Break } from './question.js';

/**
 * What a new version owes the one before: `backward`, that whoever reads by the new one can read what was written by
 * the old one; `forward`, the other way round; `full`, both.
 */
export const COMPATIBILITIES = ['backward', 'forward', 'full', 'none'] as const;
export type Compatibility = (typeof COMPATIBILITIES)[number];

/** Where the new version does not keep what `compatibility` promises. */
export function breaksOf(before: InlinedSchema, after: InlinedSchema, compatibility: Compatibility): Break[] {
  const backward = compatibility === 'backward' || compatibility === 'full' ? breaksBetween(before, after) : [];
  const forward = compatibility === 'forward' || compatibility === 'full' ? breaksBetween(after, before) : [];
  return [
    ...backward,
    ...forward.map(({ pointer, message }) => ({ pointer, message: `in the version before: ${message}` })),
  ];
}

/** Where data that are valid by `from` might not be valid by `to`, in `to`. */
function breaksBetween(from: InlinedSchema, to: InlinedSchema): Break[] {
  try {
    const found = new Implication(to.pointers).breaks([from.schema], to.schema, '');
    return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    return [{ pointer: '', message: 'branches too much to be compared, and so counts as incompatible' }];
  }
}

const MAX_NAMED = 20;

/** Throws `schema-incompatible`, naming what breaks by pointers that begin with `at`. */
export function requireCompatible(
  before: InlinedSchema,
  after: InlinedSchema,
  { compatibility, at = '' }: { compatibility: Compatibility; at?: string },
): void {
  const breaks = breaksOf(before, after, compatibility);
  if (breaks.length === 0) return;
  throw new UsherError('schema-incompatible', `The schema is not ${compatibility} compatible; see \`errors\`.`, {
    errors: breaks.slice(0, MAX_NAMED).map(({ pointer, message }) => ({ pointer: at + pointer, message })),
  });
}
