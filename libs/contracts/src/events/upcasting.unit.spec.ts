import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { parseData } from '../envelope.js';
import { EVENT_TYPES, isUsherEventType, UPCASTERS } from './index.js';
import { readAsNewest, type VersionHistory, versionIn } from './upcasting.js';

/** A type of this test's own: an amount became cents, and then got a currency. */
const HISTORY: VersionHistory = {
  schemas: [
    z.object({ amount: z.number() }),
    z.object({ cents: z.int() }),
    z.object({ cents: z.int(), currency: z.string() }),
  ],
  upcasters: [
    (data) => ({ cents: Math.round((data as { amount: number }).amount * 100) }),
    (data) => ({ ...(data as { cents: number }), currency: 'EUR' }),
  ],
};

describe('reading a stored message', () => {
  it('makes the newest form of every version', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (cents) => {
        const newest = { cents, currency: 'EUR' };
        expect(readAsNewest(HISTORY, 1, { amount: cents / 100 })).toEqual(newest);
        expect(readAsNewest(HISTORY, 2, { cents })).toEqual(newest);
        expect(readAsNewest(HISTORY, 3, newest)).toEqual(newest);
      }),
    );
  });

  it('refuses what is not of the version that it says, and versions that are not known', () => {
    expect(() => readAsNewest(HISTORY, 2, { amount: 1 })).toThrow(z.ZodError);
    for (const version of [0, 4]) expect(() => readAsNewest(HISTORY, version, {})).toThrow(RangeError);
  });

  it('refuses what an upcaster gets wrong', () => {
    const wrong = { ...HISTORY, upcasters: [() => ({ cents: 'many' }), (data: unknown) => data] };
    expect(() => readAsNewest(wrong, 1, { amount: 1 })).toThrow(z.ZodError);
  });

  it('goes by the version in its dataschema', () => {
    expect(versionIn('/v1/schemas/usher.event.created/versions/12')).toBe(12);
    expect(versionIn(undefined)).toBe(1);
  });
});

/** As they were written when a version was the newest: never edited, for what is stored is not edited either. */
const FIXTURES = join(import.meta.dirname, 'testing', 'stored');

describe('the oldest stored form', () => {
  const stored = new Map(
    readdirSync(FIXTURES).map((file) => {
      const { type, dataschema, data } = z
        .object({ type: z.string(), dataschema: z.string(), data: z.unknown() })
        .parse(JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')));
      return [`${type} ${versionIn(dataschema)}`, { type, dataschema, data }];
    }),
  );

  it('is there for every type and version', () => {
    const versions = Object.entries(EVENT_TYPES).flatMap(([type, all]) =>
      all.map((_, index) => `${type} ${index + 1}`),
    );
    expect([...stored.keys()].sort()).toEqual(versions.sort());
  });

  it.each([...stored])('of %s still reads', (_, { type, dataschema, data }) => {
    if (!isUsherEventType(type)) throw new Error(`${type} is gone.`);
    const read = parseData(type, data, dataschema);
    const newest = EVENT_TYPES[type].at(-1)!;
    expect(newest.parse(read)).toEqual(read);
  });

  it('has an upcaster for each step', () => {
    for (const [type, versions] of Object.entries(EVENT_TYPES))
      if (isUsherEventType(type)) expect(UPCASTERS[type] ?? []).toHaveLength(versions.length - 1);
  });
});
