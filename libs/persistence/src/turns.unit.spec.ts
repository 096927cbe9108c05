import { expect, it } from '@jest/globals';
import { Turns } from './turns.js';

const open = () => Promise.withResolvers<string>();

it('has work on one key done in order of arrival, one at a time', async () => {
  const turns = new Turns();
  const done: number[] = [];
  const work = Array.from({ length: 20 }, (_, n) =>
    turns.take('a', async () => {
      await new Promise(setImmediate);
      done.push(n);
    }),
  );
  await Promise.all(work);
  expect(done).toEqual(Array.from({ length: 20 }, (_, n) => n));
});

it('does not have work on one key wait for another', async () => {
  const turns = new Turns();
  const first = open();
  const slow = turns.take('a', () => first.promise);
  expect(await turns.take('b', async () => 'b')).toBe('b');
  first.resolve('a');
  expect(await slow).toBe('a');
});

it('goes on after work that failed, and gives each caller its own outcome', async () => {
  const turns = new Turns();
  const failed = turns.take('a', () => Promise.reject(new Error('mine')));
  const next = turns.take('a', async () => 'next');
  await expect(failed).rejects.toThrow('mine');
  expect(await next).toBe('next');
});

it('waits no longer than its patience for work that hangs', async () => {
  const turns = new Turns(1);
  const hanging = open();
  const hung = turns.take('a', () => hanging.promise);
  expect(await turns.take('a', async () => 'went ahead')).toBe('went ahead');
  hanging.resolve('at last');
  expect(await hung).toBe('at last');
});
