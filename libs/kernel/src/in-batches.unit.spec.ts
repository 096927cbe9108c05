import { expect, it } from '@jest/globals';
import { inBatches } from './in-batches.js';

async function* upTo(count: number, drawn: number[] = []): AsyncGenerator<number> {
  for (let n = 1; n <= count; n += 1) {
    drawn.push(n);
    yield n;
  }
}

async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

it.each([
  [0, []],
  [2, [[1, 2]]],
  [
    4,
    [
      [1, 2],
      [3, 4],
    ],
  ],
  [5, [[1, 2], [3, 4], [5]]],
])('makes batches of two out of %i', async (count, batches) => {
  expect(await listOf(inBatches(upTo(count), 2))).toEqual(batches);
});

it('draws no more than a batch ahead', async () => {
  const drawn: number[] = [];
  for await (const batch of inBatches(upTo(10, drawn), 3)) {
    expect(batch).toEqual([1, 2, 3]);
    break;
  }
  expect(drawn).toEqual([1, 2, 3]);
});
