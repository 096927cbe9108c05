import { describe, expect, it } from '@jest/globals';
import { afterCommit, withCommitHooks } from './after-commit.js';

describe('after a commit', () => {
  it('calls each hook once, however often it was asked for, and only those of the attempt that was committed', async () => {
    const called: string[] = [];
    const [first, second, both] = ['first', 'second', 'both'].map((name) => () => void called.push(name));
    const result = await withCommitHooks(async (attempt) => {
      await attempt(async () => {
        afterCommit(first!);
        await Promise.resolve();
        afterCommit(both!);
      });
      expect(called).toEqual([]);
      return attempt(async () => {
        afterCommit(second!);
        await Promise.resolve();
        afterCommit(both!);
        afterCommit(both!);
        return 7;
      });
    });
    expect(result).toBe(7);
    expect(called).toEqual(['second', 'both']);
  });

  it('calls none where the transaction failed, and a hook outside of any at once', async () => {
    let calls = 0;
    const hook = (): void => void (calls += 1);
    const failing = withCommitHooks((attempt) =>
      attempt(() => {
        afterCommit(hook);
        return Promise.reject(new Error('conflict'));
      }),
    );
    await expect(failing).rejects.toThrow('conflict');
    expect(calls).toBe(0);
    afterCommit(hook);
    expect(calls).toBe(1);
  });
});
