import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsherError } from '#kernel';
import { settle } from './settle.js';

const passing = new UsherError('unavailable', 'The database is away.', { retryable: true });

/** Settles `batch` with `bad` items in it and a trouble of our own at the attempts in `troubled`; records what came of it. */
async function run(
  batch: readonly number[],
  bad: ReadonlySet<number>,
  troubled: ReadonlySet<number>,
  patience = Infinity,
) {
  const record = { done: [] as number[], rejected: [] as number[], calls: 0, pauses: 0 };
  const complete = await settle(batch, {
    handle: (part) => {
      record.calls += 1;
      if (troubled.has(record.calls)) return Promise.reject(passing);
      if (part.some((item) => bad.has(item))) return Promise.reject(new TypeError('cannot digest this'));
      return Promise.resolve();
    },
    accept: (part) => void record.done.push(...part),
    reject: (item) => void record.rejected.push(item),
    isRetryable: (error) => error === passing,
    pause: () => Promise.resolve(++record.pauses <= patience),
  });
  return { ...record, complete };
}

describe('settling a batch', () => {
  it('handles a good one in a single call', async () => {
    expect(await run([1, 2, 3], new Set(), new Set())).toMatchObject({ done: [1, 2, 3], calls: 1, complete: true });
  });

  it('keeps the order and rejects exactly the bad ones, whatever troubles pass', async () => {
    const items = fc.array(fc.boolean(), { minLength: 1, maxLength: 64 });
    await fc.assert(
      fc.asyncProperty(items, fc.array(fc.integer({ min: 1, max: 200 })), async (badness, troubled) => {
        const batch = badness.map((_, index) => index);
        const bad = new Set(batch.filter((index) => badness[index]));
        const { done, rejected, complete } = await run(batch, bad, new Set(troubled));
        expect(complete).toBe(true);
        expect(done).toEqual(batch.filter((index) => !bad.has(index)));
        expect(rejected).toEqual([...bad]);
      }),
    );
  });

  it('finds one bad item among 256 in a few calls', async () => {
    const batch = Array.from({ length: 256 }, (_, index) => index);
    const { calls, rejected } = await run(batch, new Set([77]), new Set());
    expect(rejected).toEqual([77]);
    expect(calls).toBe(17);
  });

  it('gives up in the middle where the batch is not ours any more', async () => {
    const result = await run([1, 2, 3, 4], new Set([2]), new Set([4]), 0);
    expect(result).toMatchObject({ done: [1], rejected: [], complete: false });
  });
});
