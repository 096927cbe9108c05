import { describe, expect, it } from '@jest/globals';
import { toUsableSchema } from '../schema-document.js';
import { breaksOf } from './compatibility.js';

const breaks = (before: unknown, after: unknown): string[] =>
  breaksOf(toUsableSchema(before), toUsableSchema(after), 'backward').map(({ pointer }) => pointer);

const object = (properties: object, more: object = {}): object => ({ type: 'object', properties, ...more });
const closed = { additionalProperties: false };
const [text, number, integer] = [{ type: 'string' }, { type: 'number' }, { type: 'integer' }];

describe('a version takes whatever the one before took', () => {
  it.each<[string, unknown, unknown]>([
    ['a wider type', integer, { type: ['number', 'null'] }],
    ['wider limits', { minimum: 1, maxLength: 3 }, { exclusiveMinimum: 0, maxLength: 4 }],
    ['more values', { enum: ['a', 'b'] }, { enum: ['a', 'b', 'c'] }],
    ['a type instead of values', { enum: ['a', 7] }, { type: ['string', 'integer'] }],
    ['something that is no longer required', object({ a: text }, { required: ['a'] }), object({ a: text })],
    ['something new in what was closed', object({ a: text }, closed), object({ a: text, b: integer }, closed)],
    ['another alternative', { anyOf: [text] }, { oneOf: [integer, text] }],
    ['the same by reference', object({ a: text }), { $defs: { t: text }, ...object({ a: { $ref: '#/$defs/t' } }) }],
    ['what was told apart by a tag', tagged('oneOf', 'a', 'b'), tagged('oneOf', 'a', 'b', 'c')],
    ['a list of more', { prefixItems: [text], items: integer }, { items: { type: ['string', 'number'] } }],
    ['the same description of something else', { title: 'A', ...text }, { title: 'B', ...text }],
  ])('with %s', (_, before, after) => expect(breaks(before, after)).toEqual([]));

  it.each<[string, unknown, unknown, string[]]>([
    ['a narrower type', number, integer, ['/type']],
    ['narrower limits', { maxLength: 4 }, { maxLength: 3 }, ['/maxLength']],
    ['fewer values', { enum: ['a', 'b'] }, { enum: ['a'] }, ['']],
    ['something that is required now', object({}), object({}, { required: ['a/b'] }), ['/required/0']],
    ['something new in what was open', object({}), object({ 'a/b': text }), ['/properties/a~1b/type']],
    ['an open end closed', object({}), object({}, closed), ['/additionalProperties']],
    [
      'a place within a definition',
      object({ a: number }),
      { $defs: { t: integer }, properties: { a: { $ref: '#/$defs/t' } } },
      ['/$defs/t/type'],
    ],
    ['a pattern that nobody can compare', { pattern: '^aa' }, { pattern: '^a' }, ['/pattern']],
  ])('unless it has %s', (_, before, after, places) => expect(breaks(before, after)).toEqual(places));

  it('counts what branches too much as incompatible, within a moment', () => {
    const deep = (depth: number): object =>
      depth === 0 ? text : { anyOf: [deep(depth - 1), object({ a: deep(depth - 1) }), object({ b: deep(depth - 1) })] };
    expect(breaks(deep(5), { not: deep(5) })).not.toEqual([]);
  });
});

function tagged(union: 'anyOf' | 'oneOf', ...tags: string[]): object {
  return { [union]: tags.map((tag) => object({ kind: { const: tag } }, { required: ['kind'] })) };
}
