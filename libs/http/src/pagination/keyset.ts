import { z } from 'zod';
import { UsherError } from '#kernel';
import type { Page, PageRequest } from './page.js';

type Key = string | number | Date;

/** What a list is sorted by: a field that every document has, with `_id` (a string) to break ties in the same direction. */
export interface Keyset {
  field: string;
  direction: 1 | -1;
  type: 'string' | 'number' | 'date';
  /** No two rows of the list have the same value, so that there are no ties to break. */
  unique?: boolean;
  /** What cursors call the field, where lists that call it differently are merged into one (`mergePages`). */
  name?: string;
}

/** A page as a query: a filter to combine with the list's own (`$and`), a sort, and one row more than is answered. */
export interface KeysetQuery<T> {
  /** Empty on the first page. Holds operators: needs `trustedFilter`. */
  filter: Record<string, unknown>;
  sort: Record<string, 1 | -1>;
  limit: number;
  /** The page that the found rows make. */
  toPage(rows: readonly T[]): Page<T>;
}

const cursorSchema = z.tuple([z.string(), z.union([z.string(), z.number()]), z.string().max(64)]);

/**
 * Pages by position rather than by offset, so that what is inserted meanwhile neither repeats nor hides a row. The
 * cursor is the sort, its value and the id of the last row. Throws `validation-failed` for a cursor that is none or
 * belongs to another sort.
 */
export function keysetQuery<T>(keyset: Keyset, request: PageRequest): KeysetQuery<T> {
  const { field, direction, unique = field === '_id' } = keyset;
  const after = request.cursor === undefined ? undefined : decode(request.cursor, keyset);
  const beyond = direction === 1 ? '$gt' : '$lt';
  return {
    filter:
      after === undefined
        ? {}
        : unique
          ? { [field]: { [beyond]: after.value } }
          : {
              // Implied by what follows; without it MongoDB walks an index from the first page on.
              [field]: { [`${beyond}e`]: after.value },
              $or: [{ [field]: { [beyond]: after.value } }, { _id: { [beyond]: after.id } }],
            },
    sort: unique ? { [field]: direction } : { [field]: direction, _id: direction },
    limit: request.limit + 1,
    toPage: (rows) => {
      const data = rows.slice(0, request.limit);
      const last = rows.length > request.limit ? data.at(-1) : undefined;
      return { data, next_cursor: last === undefined ? null : encode(last, keyset) };
    },
  };
}

/**
 * One page of several lists that are sorted alike: of the pages that each of them answers to the same request, by the
 * same cursor. `keyOf` tells what an item is sorted by, and its id, which no two items of any list have in common.
 */
export function mergePages<T>(
  pages: readonly Page<T>[],
  { keyset, limit, keyOf }: { keyset: Keyset; limit: number; keyOf: (item: T) => { value: Key; id: string } },
): Page<T> {
  const sorted = pages
    .flatMap(({ data }) => data)
    .map((item) => ({ item, ...keyOf(item) }))
    .sort((one, other) => keyset.direction * (compare(one.value, other.value) || compare(one.id, other.id)));
  const shown = sorted.slice(0, limit);
  const last = shown.at(-1);
  const isLastPage = sorted.length <= limit && pages.every(({ next_cursor }) => next_cursor === null);
  return {
    data: shown.map(({ item }) => item),
    next_cursor: isLastPage || last === undefined ? null : cursorOf(keyset, last.value, last.id),
  };
}

const compare = (one: Key, other: Key): number => (one < other ? -1 : one > other ? 1 : 0);

const nameOf = ({ field, direction, name = field }: Keyset): string => (direction === 1 ? name : `-${name}`);

function encode(row: unknown, keyset: Keyset): string {
  const document = row as Record<string, Key>;
  return cursorOf(keyset, document[keyset.field], String(document['_id']));
}

function cursorOf(keyset: Keyset, value: Key | undefined, id: string): string {
  const parts = [nameOf(keyset), value instanceof Date ? value.toISOString() : value, id];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function decode(cursor: string, keyset: Keyset): { value: Key; id: string } {
  const [name, value, id] = parse(cursor);
  if (name !== nameOf(keyset)) throw badCursor('belongs to another sort');
  if (keyset.type === 'number' ? typeof value !== 'number' : typeof value !== 'string') throw badCursor();
  if (keyset.type !== 'date') return { value, id };
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) throw badCursor();
  return { value: date, id };
}

function parse(cursor: string): z.infer<typeof cursorSchema> {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw badCursor();
  }
}

const badCursor = (message = 'is no cursor of this list'): UsherError =>
  new UsherError('validation-failed', 'The cursor is not valid.', {
    errors: [{ pointer: '/query/cursor', message }],
  });
