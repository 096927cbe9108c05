import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toUsableSchema, type UsableSchema } from '../schema-document.js';
import { arbitraryJson, arbitrarySchema, arbitraryVersions, copyOf } from '../testing/arbitraries.js';
import { breaksOf } from './compatibility.js';

const usable = (document: unknown): UsableSchema | undefined => {
  try {
    return toUsableSchema(document);
  } catch {
    // Ajv is strict: a `then` without an `if` and the like are refused before anything is compared.
    return undefined;
  }
};
const isValid = (schema: UsableSchema, data: unknown): boolean => schema.validate(data).length === 0;

describe('versions that are accepted as backward compatible', () => {
  it('take whatever the version before took', () => {
    let accepted = 0;
    let met = 0;
    fc.assert(
      fc.property(
        arbitraryVersions,
        fc.array(arbitraryJson, { minLength: 20, maxLength: 20 }),
        ([one, other], instances) => {
          const [before, after] = [usable(one), usable(other)];
          if (before === undefined || after === undefined) return;
          if (breaksOf(before, after, 'backward').length > 0) return;
          accepted += 1;
          for (const data of instances)
            if (isValid(before, data)) {
              met += 1;
              expect({ data, errors: after.validate(data) }).toEqual({ data, errors: [] });
            }
        },
      ),
      { numRuns: 500 },
    );
    // Neither vacuous: many are accepted, and much of the data is valid by what came before.
    expect(accepted).toBeGreaterThan(50);
    expect(met).toBeGreaterThan(100);
  }, 120_000);

  it('are the same one the other way round as forward compatible, and both as full', () => {
    fc.assert(
      fc.property(arbitraryVersions, ([one, other]) => {
        const [before, after] = [usable(one), usable(other)];
        if (before === undefined || after === undefined) return;
        const backward = breaksOf(before, after, 'backward').length === 0;
        const forward = breaksOf(before, after, 'forward').length === 0;
        expect(breaksOf(after, before, 'backward').length === 0).toBe(forward);
        expect(breaksOf(before, after, 'full').length === 0).toBe(backward && forward);
        expect(breaksOf(before, after, 'none')).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('include the version itself', () => {
    fc.assert(
      fc.property(arbitrarySchema, (document) => {
        const schema = usable(document);
        if (schema !== undefined) expect(breaksOf(schema, usable(copyOf(document))!, 'full')).toEqual([]);
      }),
      { numRuns: 80 },
    );
  }, 120_000);
});
