import type { Row } from './projection.js';

/** What two collections have of one id. */
export type Pair<A, B> = readonly [A, B] | readonly [A, undefined] | readonly [undefined, B];

/** Walks two collections side by side, both in the order of their ids, and holds one document of each at a time. */
export async function* sideBySide<A extends Row, B extends Row>(
  left: AsyncIterable<A>,
  right: AsyncIterable<B>,
): AsyncGenerator<Pair<A, B>> {
  const [ones, others] = [left[Symbol.asyncIterator](), right[Symbol.asyncIterator]()];
  try {
    let one = await next(ones);
    let other = await next(others);
    for (;;) {
      if (one !== undefined && (other === undefined || one._id < other._id)) {
        yield [one, undefined];
        one = await next(ones);
      } else if (other !== undefined && (one === undefined || other._id < one._id)) {
        yield [undefined, other];
        other = await next(others);
      } else if (one !== undefined && other !== undefined) {
        yield [one, other];
        [one, other] = [await next(ones), await next(others)];
      } else return;
    }
  } finally {
    await ones.return?.();
    await others.return?.();
  }
}

async function next<T>(rows: AsyncIterator<T>): Promise<T | undefined> {
  const result = await rows.next();
  return result.done === true ? undefined : result.value;
}
