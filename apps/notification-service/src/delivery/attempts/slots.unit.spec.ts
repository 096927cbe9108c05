import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Slots } from './slots.js';

const SLOW = 250;

describe('the slots of a destination', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** Work that ends when it is told to. */
  const work = (slots: Slots, id: string) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const state = { begun: false, had: undefined as true | 'refused' | undefined };
    const done = slots
      .run(id, async () => {
        state.begun = true;
        await promise;
        return true as const;
      })
      .then((had) => (state.had = had ?? 'refused'));
    return { state, done, finish: () => resolve(undefined) };
  };

  it('are so many at once; others wait their turn while it gets on', async () => {
    const slots = new Slots(2, SLOW);
    const all = [work(slots, 'a'), work(slots, 'a'), work(slots, 'a'), work(slots, 'a')];
    await jest.advanceTimersByTimeAsync(0);
    expect(all.map(({ state }) => state.begun)).toEqual([true, true, false, false]);
    for (const one of all) {
      await jest.advanceTimersByTimeAsync(SLOW / 4);
      one.finish();
      await one.done;
    }
    expect(all.map(({ state }) => state.had)).toEqual([true, true, true, true]);
  });

  it('are refused while it does not get on, and had again afterwards', async () => {
    const slots = new Slots(1, SLOW);
    const hanging = work(slots, 'a');
    const waiting = work(slots, 'a');
    await jest.advanceTimersByTimeAsync(SLOW);
    expect(waiting.state).toEqual({ begun: false, had: 'refused' });
    const late = work(slots, 'a');
    await jest.advanceTimersByTimeAsync(0);
    expect(late.state.had).toBe('refused');
    expect(slots.refuses('a')).toBe(true);
    hanging.finish();
    await hanging.done;
    expect(slots.refuses('a')).toBe(false);
    const again = work(slots, 'a');
    await jest.advanceTimersByTimeAsync(0);
    expect(again.state.begun).toBe(true);
    again.finish();
    await again.done;
  });

  it('of one destination are no other’s', async () => {
    const slots = new Slots(1, SLOW);
    const hanging = work(slots, 'dead');
    const other = work(slots, 'healthy');
    await jest.advanceTimersByTimeAsync(0);
    expect(other.state.begun).toBe(true);
    hanging.finish();
    other.finish();
    await Promise.all([hanging.done, other.done]);
  });

  it('come free where the work fails', async () => {
    const slots = new Slots(1, SLOW);
    await expect(slots.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await slots.run('a', () => Promise.resolve('yes'))).toBe('yes');
  });
});
