import { z } from 'zod';

export const DEFAULT_LIMIT = 20;
export const MAX_LIMIT = 100;

/** The query members of every list; spread into a list's own strict schema. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_LIMIT))
    .default(DEFAULT_LIMIT)
    .describe('How many to answer at most')
    .meta({ openapi: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT } }),
  cursor: z.string().max(1_024).optional().describe('`next_cursor` of the page before'),
};

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

/** One page of a list. */
export interface Page<T> {
  data: T[];
  /** Opaque; null on the last page. */
  next_cursor: string | null;
}

/** The schema of a page of `item`. */
export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });

/** The same page with every item through `present`. */
export const mapPage = <T, U>(page: Page<T>, present: (item: T) => U): Page<U> => ({
  data: page.data.map(present),
  next_cursor: page.next_cursor,
});
