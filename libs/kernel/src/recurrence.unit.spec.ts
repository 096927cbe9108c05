import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Recurrence } from './recurrence.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('recurring work', () => {
  it('is done an interval after it has ended, and never twice at once', async () => {
    const endings: (() => void)[] = [];
    const recurrence = new Recurrence(() => new Promise<void>((resolve) => endings.push(resolve)), fail);
    recurrence.start(100);
    await jest.advanceTimersByTimeAsync(99);
    expect(endings).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(endings).toHaveLength(1);
    endings[0]!();
    await jest.advanceTimersByTimeAsync(99);
    expect(endings).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(endings).toHaveLength(2);
  });

  it('goes on after a failure, and tells of it', async () => {
    const errors: unknown[] = [];
    let times = 0;
    const recurrence = new Recurrence(
      () => Promise.reject(new Error(`time ${(times += 1)}`)),
      (error) => errors.push(error),
    );
    recurrence.start(100);
    await jest.advanceTimersByTimeAsync(250);
    expect(errors).toEqual([new Error('time 1'), new Error('time 2')]);
  });

  it('ends when what is under way has, and does not begin again', async () => {
    let end = (): void => undefined;
    let times = 0;
    const recurrence = new Recurrence(() => {
      times += 1;
      return new Promise<void>((resolve) => (end = resolve));
    }, fail);
    recurrence.start(100);
    await jest.advanceTimersByTimeAsync(100);
    let over = false;
    const stopping = recurrence.stop().then(() => (over = true));
    await jest.advanceTimersByTimeAsync(1_000);
    expect({ over, stopped: recurrence.stopped }).toEqual({ over: false, stopped: true });
    end();
    await stopping;
    recurrence.start(100);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(times).toBe(1);
  });
});

function fail(error: unknown): never {
  throw error;
}
