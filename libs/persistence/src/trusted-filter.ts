import { trusted } from 'mongoose';

/**
 * The filter with every operator in it, at any depth, marked as ours; `sanitizeFilter` lets only such operators through.
 * For filters whose structure is written in code: what a client sent may stand in them as a scalar, never as an object.
 */
export function trustedFilter<T extends object>(filter: T): T {
  for (const value of Object.values(filter)) if (isNested(value)) trustedFilter(value);
  return trusted(filter);
}

const isNested = (value: unknown): value is object =>
  Array.isArray(value) ||
  (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);
