import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pageOf } from './whole-list.js';

interface Item {
  id: string;
  mark: number;
}
const idOf = ({ id }: Item) => id;
const items = (ids: readonly string[]): Item[] => ids.map((id, mark) => ({ id, mark }));
const idsOf = (list: readonly Item[]) => list.map(idOf);

/** Every page, each of the list as it is by then. */
function readAll(lists: (page: number) => readonly Item[], limit: number): Item[] {
  const seen: Item[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 1_000; page += 1) {
    const { data, next_cursor } = pageOf(lists(page), idOf, { limit, cursor });
    expect(data.length).toBeLessThanOrEqual(limit);
    seen.push(...data);
    if (next_cursor === null) return seen;
    cursor = next_cursor;
  }
  throw new Error('no end');
}

describe('pages of a whole list', () => {
  it('are in the order of the ids, numbers as numbers', () => {
    expect(idsOf(pageOf(items(['10', '9', 'event-2', 'event-10', '1']), idOf, { limit: 10 }).data)).toEqual([
      '1',
      '9',
      '10',
      'event-2',
      'event-10',
    ]);
  });

  it('hold every item once and end, even where ids are not unique', () => {
    const ids = fc.array(fc.constantFrom('1', '2', '3', 'event-1', 'é'), { maxLength: 40 });
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 7 }), (some, limit) => {
        const list = items(some);
        const seen = readAll(() => list, limit);
        expect(seen.map(({ mark }) => mark).sort((a, b) => a - b)).toEqual(list.map(({ mark }) => mark));
      }),
    );
  });

  it('neither repeat nor hide what stays, whatever comes and goes between them', () => {
    const names = fc.uniqueArray(fc.integer({ min: 1, max: 60 }).map(String), { maxLength: 40 });
    fc.assert(
      fc.property(names, fc.array(names, { minLength: 1 }), fc.integer({ min: 1, max: 5 }), (stays, comers, limit) => {
        const lists = (page: number) => items([...new Set([...(comers[page % comers.length] ?? []), ...stays])]);
        const seen = idsOf(readAll(lists, limit)).filter((id) => stays.includes(id));
        expect(seen.toSorted()).toEqual(stays.toSorted());
      }),
    );
  });

  it.each(['x', '', 'W10', 'WyIxIl0', 'WzEsMV0'])('refuse %p for a cursor', (cursor) => {
    expect(() => pageOf(items(['1']), idOf, { limit: 1, cursor })).toThrow('The cursor is not valid.');
  });
});
