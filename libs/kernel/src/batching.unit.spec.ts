import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Batcher } from './batching.js';

const fulfilled = <O>(value: O): PromiseSettledResult<O> => ({ status: 'fulfilled', value });

/** A batcher whose batches end when the test says so. */
function gated(options: { maxBatch?: number; maxWaiting?: number } = {}) {
  const batches: { key: string; items: readonly number[]; finish: () => void }[] = [];
  const batcher = new Batcher<number, number>({
    maxBatch: options.maxBatch ?? 10,
    maxWaiting: options.maxWaiting ?? 100,
    work: (key, items) =>
      new Promise((resolve) => {
        batches.push({ key, items, finish: () => resolve(items.map((item) => fulfilled(item * 2))) });
      }),
  });
  return { batcher, batches };
}

describe('a batcher', () => {
  it('makes one batch of what arrives together, and another of what arrives meanwhile', async () => {
    const { batcher, batches } = gated();
    const first = [1, 2].map((item) => batcher.submit('a', item));
    await nextTurn();
    const second = [3, 4, 5].map((item) => batcher.submit('a', item));
    await nextTurn();
    expect(batches.map(({ items }) => items)).toEqual([[1, 2]]);
    batches[0]!.finish();
    expect(await Promise.all(first)).toEqual([2, 4]);
    batches[1]!.finish();
    expect(await Promise.all(second)).toEqual([6, 8, 10]);
    expect(batches).toHaveLength(2);
  });

  it('cuts what waits into batches of the largest size, in order of arrival', async () => {
    const { batcher, batches } = gated({ maxBatch: 2 });
    const results = [1, 2, 3, 4, 5].map((item) => batcher.submit('a', item));
    for (let count = 1; count <= 3; count += 1) {
      while (batches.length < count) await nextTurn();
      batches.at(-1)!.finish();
    }
    expect(await Promise.all(results)).toEqual([2, 4, 6, 8, 10]);
    expect(batches.map(({ items }) => items)).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('that is in no hurry makes one batch of what comes within its pace, and lets the first go at once', async () => {
    const batches: (readonly number[])[] = [];
    const batcher = new Batcher<number, number>({
      maxBatch: 10,
      maxWaiting: 10,
      paceMs: 20,
      work: (_, items) => {
        batches.push(items);
        return Promise.resolve(items.map(fulfilled));
      },
    });
    await batcher.submit('a', 1);
    const others = [batcher.submit('a', 2)];
    await nextTurn();
    others.push(batcher.submit('a', 3));
    await Promise.all(others);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it('works on different keys at the same time', async () => {
    const { batcher, batches } = gated();
    const results = [batcher.submit('a', 1), batcher.submit('b', 2)];
    await nextTurn();
    expect(batches.map(({ key }) => key)).toEqual(['a', 'b']);
    batches.forEach(({ finish }) => finish());
    expect(await Promise.all(results)).toEqual([2, 4]);
  });

  it('refuses what is beyond the bound, and takes more once there is room', async () => {
    const { batcher, batches } = gated({ maxWaiting: 2 });
    const running = batcher.submit('a', 1);
    await nextTurn();
    const waiting = [batcher.submit('a', 2), batcher.submit('a', 3)];
    await expect(batcher.submit('a', 4)).rejects.toMatchObject({ code: 'unavailable', retryable: true, retryAfter: 1 });
    batches[0]!.finish();
    await running;
    while (batches.length < 2) await nextTurn();
    waiting.push(batcher.submit('a', 5));
    batches[1]!.finish();
    while (batches.length < 3) await nextTurn();
    batches[2]!.finish();
    expect(await Promise.all(waiting)).toEqual([4, 6, 10]);
  });

  it('gives each item its own outcome', async () => {
    const refusal = new Error('odd');
    const batcher = new Batcher<number, number>({
      maxBatch: 10,
      maxWaiting: 10,
      work: (_, items) =>
        Promise.resolve(
          items.map((item) => (item % 2 === 0 ? fulfilled(item) : { status: 'rejected', reason: refusal })),
        ),
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map((item) => batcher.submit('a', item)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(outcomes[0]).toMatchObject({ reason: refusal });
  });

  it('rejects every item of a batch that failed, and goes on', async () => {
    let failing = true;
    const batcher = new Batcher<number, number>({
      maxBatch: 10,
      maxWaiting: 10,
      work: (_, items) =>
        failing ? Promise.reject(new Error('the database is away')) : Promise.resolve(items.map(fulfilled)),
    });
    const outcomes = await Promise.allSettled([batcher.submit('a', 1), batcher.submit('a', 2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    failing = false;
    expect(await batcher.submit('a', 3)).toBe(3);
  });

  it('does not hang on work that answers for too few', async () => {
    const batcher = new Batcher<number, number>({
      maxBatch: 10,
      maxWaiting: 10,
      work: () => Promise.resolve([fulfilled(1)]),
    });
    const outcomes = await Promise.allSettled([batcher.submit('a', 1), batcher.submit('a', 2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});
