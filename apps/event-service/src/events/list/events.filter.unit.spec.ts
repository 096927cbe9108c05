import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toSearch } from './events.filter.js';

it.each([
  ['jazz', 'jazz'],
  ['  jazz ', 'jazz'],
  ['jazz berlin', '"jazz" "berlin"'],
  ['"late night" jazz', '"late night" "jazz"'],
  ['jazz -berlin', 'jazz -berlin'],
  ['jazz -"late night" berlin', '"jazz" -"late night" "berlin"'],
  ['rock-n-roll', 'rock-n-roll'],
  ['jazz - berlin', '"jazz" "berlin"'],
  ['"unfinished jazz', '"unfinished" "jazz"'],
  ['""', ''],
  ['C++ & "', 'C++'],
])('%s is searched for as %s', (q, search) => {
  expect(toSearch(q)).toBe(search);
});

it('closes every quotation that it opens', () => {
  fc.assert(
    fc.property(fc.string(), (q) => {
      expect((toSearch(q).match(/"/g) ?? []).length % 2).toBe(0);
    }),
  );
});
