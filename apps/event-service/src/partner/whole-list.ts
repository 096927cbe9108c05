import { z } from 'zod';
import { UsherError } from '#kernel';
import type { Page, PageRequest } from '#http';

/** The id of the last item of a page, and how many of that id have been given by then. */
const cursorSchema = z.tuple([z.string(), z.int().min(1)]);

/**
 * A page of a list that the partner gives whole, by id, so that what is added or removed meanwhile neither repeats nor
 * hides an item. Not all partners give an id only once; items of one id stay in the partner's order. Throws
 * `validation-failed` for a cursor that is none.
 */
export function pageOf<T>(items: readonly T[], idOf: (item: T) => string, { limit, cursor }: PageRequest): Page<T> {
  const sorted = items.toSorted((a, b) => compareIds(idOf(a), idOf(b)));
  const start = cursor === undefined ? 0 : startAfter(sorted.map(idOf), decode(cursor));
  const data = sorted.slice(start, start + limit);
  const last = data.at(-1);
  if (last === undefined || start + limit >= sorted.length) return { data, next_cursor: null };
  const id = idOf(last);
  const given = sorted.slice(0, start + limit).filter((item) => idOf(item) === id).length;
  return { data, next_cursor: encode([id, given]) };
}

/** Shorter ones first, so that 2 and `event-2` come before 10 and `event-10`. */
const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

function startAfter(ids: readonly string[], [last, given]: z.infer<typeof cursorSchema>): number {
  const before = ids.filter((id) => compareIds(id, last) < 0).length;
  const same = ids.filter((id) => id === last).length;
  return before + Math.min(given, same);
}

const encode = (position: z.infer<typeof cursorSchema>): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

function decode(cursor: string): z.infer<typeof cursorSchema> {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new UsherError('validation-failed', 'The cursor is not valid.', {
      errors: [{ pointer: '/query/cursor', message: 'is no cursor of this list' }],
    });
  }
}
