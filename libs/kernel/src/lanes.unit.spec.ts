import { expect, it } from '@jest/globals';
import { inLanes } from './lanes.js';

const later = (): Promise<void> => new Promise(setImmediate);

it('does everything, a few at a time, begun in order', async () => {
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const work = Array.from({ length: 20 }, (_, n) => async () => {
    begun.push(n);
    most = Math.max(most, (running += 1));
    await later();
    running -= 1;
  });
  await inLanes(3, work);
  expect({ begun, most }).toEqual({ begun: Array.from({ length: 20 }, (_, n) => n), most: 3 });
});

it('throws the first failure when nothing is under way any more, and has done the rest', async () => {
  let done = 0;
  const work = Array.from({ length: 20 }, (_, n) => async () => {
    if (n === 5) throw new Error('the sixth');
    await later();
    done += 1;
  });
  await expect(inLanes(3, work)).rejects.toThrow('the sixth');
  expect(done).toBe(19);
});

it('begins no more than a few where all of it fails', async () => {
  let begun = 0;
  const work = Array.from({ length: 20 }, () => async () => {
    begun += 1;
    throw new Error('away');
  });
  await expect(inLanes(3, work)).rejects.toThrow('away');
  expect(begun).toBe(3);
});

it('has nothing to do for nothing', async () => {
  await inLanes(3, []);
});
