import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryLock, withLock } from './lock.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-lock-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a lock', () => {
  it('names its holder to whoever comes second, and is free after release', async () => {
    const file = join(folder, 'held');
    const lock = await tryLock(file);
    expect(await tryLock(file)).toMatchObject({ pid: process.pid });
    if ('release' in lock) await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['no process has that number', { pid: 2 ** 22 + 1, started: '1', since: '' }],
    ['another process has that number now', { pid: process.pid, started: '1', since: '' }],
    ['it is not even written', undefined],
  ])('of a dead run blocks nobody: %s', async (_, holder) => {
    const file = join(folder, 'stale');
    await writeFile(file, holder ? JSON.stringify(holder) : '');
    const lock = await tryLock(file);
    expect(lock).toHaveProperty('release');
    if ('release' in lock) await lock.release();
  });

  it('lets one at a time work', async () => {
    let inside = 0;
    const work = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise(setImmediate);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 4 }, () => withLock(join(folder, 'turns'), work)));
    expect(await readdir(folder)).toEqual([]);
  });
});
