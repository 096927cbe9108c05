import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { inPlainWords } from './plain-words.js';

const said = (schema: z.ZodType, input: unknown): string | undefined =>
  schema.safeParse(input, { error: inPlainWords }).error?.issues[0]?.message;

it.each<[string, z.ZodType, unknown, string]>([
  ['what is missing', z.string(), undefined, 'is required'],
  ['no text', z.string(), 7, 'must be text'],
  ['no number', z.number(), '7', 'must be a number'],
  ['no whole number', z.int(), 1.5, 'must be a whole number'],
  ['neither true nor false', z.boolean(), 'yes', 'must be true or false'],
  ['no list', z.array(z.string()), {}, 'must be a list'],
  ['no object', z.object({}), null, 'must be an object'],
  ['too little', z.int().min(1), 0, 'must be at least 1'],
  ['too much', z.int().max(10), 11, 'must be at most 10'],
  ['too short', z.string().min(3), 'ab', 'must be at least 3 characters long'],
  ['too long', z.string().max(3), 'abcd', 'must be at most 3 characters long'],
  ['too many', z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 members'],
  ['none of a few', z.enum(['a', 'b']), 'c', 'must be one of a, b'],
  ['not the one', z.literal('a'), 'c', 'must be a'],
])('says of %s', (_, schema, input, words) => {
  expect(said(schema, input)).toBe(words);
});

it('leaves the rest to the schema', () => {
  expect(said(z.string().regex(/^a$/, 'must be a'), 'b')).toBe('must be a');
});
