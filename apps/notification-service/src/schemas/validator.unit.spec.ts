import { describe, expect, it } from '@jest/globals';
import { toUsableSchema } from './schema-document.js';

const check = (schema: unknown, data: unknown) => toUsableSchema(schema).validate(data, '/data');
const valid = (schema: unknown, data: unknown): boolean => check(schema, data).length === 0;

describe('a validator', () => {
  it('points at what is wrong, at what is missing and at what is not known', () => {
    const schema = { properties: { 'a/b': { type: 'string' } }, required: ['a/b'], additionalProperties: false };
    expect(check(schema, { 'a/b': 7 })).toEqual([{ pointer: '/data/a~1b', message: 'must be string' }]);
    expect(check(schema, {})).toEqual([{ pointer: '/data/a~1b', message: 'is required' }]);
    expect(check(schema, { 'a/b': '', c: 1 })).toEqual([{ pointer: '/data/c', message: 'is not known here' }]);
  });

  it('does not take for a member what every object inherits', () => {
    expect(valid({ required: ['constructor'] }, {})).toBe(false);
  });

  it('compares items by what they are, however many there are', () => {
    const schema = { uniqueItems: true };
    expect(
      valid(schema, [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ).toBe(false);
    expect(valid(schema, [1, '1', [1], true, null, { 1: 1 }])).toBe(true);
    expect(
      valid(
        schema,
        Array.from({ length: 20_000 }, (_, index) => ({ index })),
      ),
    ).toBe(true);
  });

  it('checks all of an array that is shorter than its prefix, and none that is not there', () => {
    const schema = {
      prefixItems: [{ enum: [[]] }],
      items: { const: 'a' },
      contains: { type: 'integer', multipleOf: 2 },
    };
    expect(valid(schema, [])).toBe(false);
    const some = { contains: { type: 'integer' }, minContains: 1, maxContains: 2 };
    expect([[], [1], [1, 'a', 2], [1, 2, 3]].map((items) => valid(some, items))).toEqual([false, true, true, false]);
  });

  it('knows a reference with something beside it, and one through another', () => {
    const schema = {
      $defs: { text: { type: 'string' }, short: { $ref: '#/$defs/text', maxLength: 2 } },
      $ref: '#/$defs/short',
      minLength: 1,
    };
    expect(['', 'a', 'abc', 7].map((data) => valid(schema, data))).toEqual([false, true, false, false]);
  });
});
