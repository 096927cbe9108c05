import { beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { Metrics } from '#observability';
import { CachedSource } from './cached-source.js';

const MAX_BATCH = 500;

let asked: (readonly string[])[];
let known: (key: string) => boolean;
let clock: { time: number; now: () => Date };
let source: CachedSource<{ name: string }>;

beforeEach(() => {
  asked = [];
  known = () => true;
  clock = { time: 1_000_000, now: () => new Date(clock.time) };
  const fetchMany = async (keys: readonly string[]) => {
    asked.push(keys);
    return keys.map((name) => ({ status: 'fulfilled' as const, value: known(name) ? { name } : undefined }));
  };
  const options = { name: 'test', fetchMany, maxBatch: MAX_BATCH, maxAgeMs: 60_000, maxCached: 10_000 };
  source = new CachedSource(options, clock, new Metrics('test'));
});

const find = (keys: readonly string[]) => Promise.all(keys.map((key) => source.find(key)));

describe('a cached source', () => {
  it('asks for a thousand in as many batches as it takes, and gives each its own', async () => {
    const keys = Array.from({ length: 1_000 }, () => newId());
    expect(await find(keys)).toEqual(keys.map((name) => ({ name })));
    expect(asked.length).toBe(2);
    expect(Math.max(...asked.map(({ length }) => length))).toBe(MAX_BATCH);
  });

  it('asks once for what many want, and not again for a while', async () => {
    await find(['a', 'a', 'b', 'a']);
    clock.time += 59_999;
    await find(['a']);
    expect(asked).toEqual([['a', 'b']]);
  });

  it('asks again for what is too old', async () => {
    await find(['a']);
    clock.time += 60_001;
    known = () => false;
    expect(await find(['a'])).toEqual([undefined]);
  });

  it('does not remember that something is not there', async () => {
    known = (key) => key !== 'late';
    expect(await find(['late', 'a'])).toEqual([undefined, { name: 'a' }]);
    known = () => true;
    expect(await find(['late'])).toEqual([{ name: 'late' }]);
  });
});
