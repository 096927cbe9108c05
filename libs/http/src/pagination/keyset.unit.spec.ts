import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Keyset, keysetQuery, mergePages } from './keyset.js';

interface Row {
  _id: string;
  value: number;
}

const byValue = (direction: 1 | -1): Keyset => ({ field: 'value', direction, type: 'number' });

/** What MongoDB makes of the filters that keysetQuery writes. */
function matches(row: Row, filter: Record<string, unknown>): boolean {
  return Object.entries(filter).every(([field, condition]) => {
    if (field === '$or') return (condition as Record<string, unknown>[]).some((part) => matches(row, part));
    const actual = row[field as keyof Row];
    if (typeof condition !== 'object' || condition === null) return actual === condition;
    return Object.entries(condition as Record<string, string | number>).every(([operator, bound]) => {
      if (operator === '$gt') return actual > bound;
      if (operator === '$gte') return actual >= bound;
      if (operator === '$lt') return actual < bound;
      if (operator === '$lte') return actual <= bound;
      throw new Error(operator);
    });
  });
}

function read(rows: readonly Row[], keyset: Keyset, request: { limit: number; cursor?: string }) {
  const query = keysetQuery<Row>(keyset, request);
  const sorted = rows
    .filter((row) => matches(row, query.filter))
    .sort((a, b) => {
      for (const [field, direction] of Object.entries(query.sort)) {
        const [x, y] = [a[field as keyof Row], b[field as keyof Row]];
        if (x !== y) return x < y ? -direction : direction;
      }
      return 0;
    });
  return query.toPage(sorted.slice(0, query.limit));
}

const rowsOf = (values: readonly number[]): Row[] =>
  values.map((value, index) => ({ _id: index.toString(16).padStart(24, '0'), value }));

describe('keyset pages', () => {
  it('hold every row once and end, whatever the values, the limit and the direction', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom<1 | -1>(1, -1),
        (values, limit, direction) => {
          const rows = rowsOf(values);
          const seen: Row[] = [];
          let cursor: string | undefined;
          for (let pages = 0; ; pages += 1) {
            const page = read(rows, byValue(direction), { limit, ...(cursor === undefined ? {} : { cursor }) });
            seen.push(...page.data);
            expect(page.data.length).toBeLessThanOrEqual(limit);
            if (page.next_cursor === null) break;
            expect(pages).toBeLessThan(rows.length);
            cursor = page.next_cursor;
          }
          expect(seen.map(({ _id }) => _id).sort()).toEqual(rows.map(({ _id }) => _id));
          const ordered = seen.every((row, i) => i === 0 || (row.value - seen[i - 1]!.value) * direction >= 0);
          expect(ordered).toBe(true);
        },
      ),
    );
  });

  it('neither repeat nor hide a row when others are inserted meanwhile', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 30 }),
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 10 }),
        (values, later) => {
          const rows = rowsOf(values);
          const first = read(rows, byValue(1), { limit: 3 });
          const grown = [...rows, ...later.map((value, i) => ({ _id: `f${String(i).padStart(23, '0')}`, value }))];
          const rest = read(grown, byValue(1), { limit: 100, cursor: first.next_cursor! });
          const old = [...first.data, ...rest.data].filter(({ _id }) => !_id.startsWith('f'));
          expect(old.map(({ _id }) => _id).sort()).toEqual(rows.map(({ _id }) => _id));
        },
      ),
    );
  });

  it('end without a cursor where the last page is just full', () => {
    expect(read(rowsOf([1, 2]), byValue(1), { limit: 2 }).next_cursor).toBeNull();
  });

  it('carry dates to the millisecond', () => {
    const keyset: Keyset = { field: 'at', direction: -1, type: 'date' };
    const at = new Date('2026-11-20T10:00:00.123Z');
    const rows = [
      { _id: 'a', at },
      { _id: 'b', at },
    ];
    const { next_cursor } = keysetQuery<(typeof rows)[0]>(keyset, { limit: 1 }).toPage(rows);
    expect(JSON.stringify(keysetQuery(keyset, { limit: 1, cursor: next_cursor! }).filter)).toContain(at.toJSON());
  });
});

describe('pages of several lists', () => {
  const MERGED: Keyset = { ...byValue(-1), name: 'at' };
  const keyOf = ({ value, _id }: Row) => ({ value, id: _id });

  it('are those of one list that holds all of their rows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.nat(2)), { maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        (values, limit) => {
          const rows = rowsOf(values.map(([value]) => value));
          const lists = [0, 1, 2].map((list) => rows.filter((_, index) => values[index]![1] === list));
          let cursor: string | undefined;
          for (;;) {
            const request = { limit, ...(cursor === undefined ? {} : { cursor }) };
            const pages = lists.map((list) => read(list, MERGED, request));
            const page = mergePages(pages, { keyset: MERGED, limit, keyOf });
            expect(page).toEqual(read(rows, MERGED, request));
            if (page.next_cursor === null) break;
            cursor = page.next_cursor;
          }
        },
      ),
    );
  });
});

describe('a cursor', () => {
  const cursorOf = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

  it.each([
    ['nonsense', 'nonsense'],
    ['nothing', ''],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['of another shape', cursorOf({ value: 1 })],
    ['too short', cursorOf(['value', 1])],
    ['of another sort', cursorOf(['-value', 1, 'a'])],
    ['of another type', cursorOf(['value', '1', 'a'])],
    ['with an operator', cursorOf(['value', { $gt: '' }, 'a'])],
    ['with an operator for an id', cursorOf(['value', 1, { $gt: '' }])],
    ['with null', cursorOf(['value', null, 'a'])],
  ])('is refused: %s', (_, cursor) => {
    const refused = (): unknown => keysetQuery(byValue(1), { limit: 1, cursor });
    expect(refused).toThrow(expect.objectContaining({ code: 'validation-failed' }));
    expect(refused).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/query/cursor' })] }),
    );
  });

  it('with a date that is none is refused', () => {
    const keyset: Keyset = { field: 'at', direction: 1, type: 'date' };
    expect(() => keysetQuery(keyset, { limit: 1, cursor: cursorOf(['at', 'tomorrow', 'a']) })).toThrow();
  });
});
