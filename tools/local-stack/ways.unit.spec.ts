import { describe, expect, it } from '@jest/globals';
import { firstThatWorks, NothingWorked, Unavailable, Unusable, type Way } from './ways.js';
import type { StepEvent } from './progress.js';

const works = (name: string): Way<string> => ({ name, try: () => Promise.resolve(name) });
const fails = (name: string, error: Error): Way<string> => ({ name, try: () => Promise.reject(error) });
const outcome = (...ways: Way<string>[]) =>
  firstThatWorks('broker', ways, 'start one', () => undefined).catch((error: unknown) => error);

describe('the first way that works', () => {
  it('is the first in the table, and no later one is tried', async () => {
    expect(await outcome(fails('a', new Unavailable('no')), works('b'), fails('c', new Error('tried')))).toBe('b');
  });

  it('names every way with its reason, and a remedy, when none works', async () => {
    const error = await outcome(
      fails('PATH', new Unavailable('none found')),
      fails('Docker', new Unavailable('no engine')),
    );
    expect(error).toBeInstanceOf(NothingWorked);
    expect((error as Error).message).toBe(
      [
        'No broker could be found or started. Tried, in this order:',
        '  ✗ PATH    none found',
        '  ✗ Docker  no engine',
        'What helps: start one',
      ].join('\n'),
    );
  });

  it('lists the ways within a way in its place', async () => {
    const inner = new NothingWorked('node', [{ name: 'apt', reason: 'needs root' }], 'sudo');
    expect(await outcome(fails('URL', new Unavailable('not set')), fails('node', inner))).toMatchObject({
      failed: [
        { name: 'URL', reason: 'not set' },
        { name: 'apt', reason: 'needs root' },
      ],
    });
  });

  it('is not looked for beyond an error that is no mere absence', async () => {
    const mismatch = new Error('sha256 differs');
    expect(await outcome(fails('tarball', mismatch), works('Docker'))).toBe(mismatch);
  });

  it('is reached with a word about what is there but unusable', async () => {
    const events: StepEvent[] = [];
    const ways = [fails('env', new Unavailable('not set')), fails('PATH', new Unusable('is 4.4')), works('cache')];
    await firstThatWorks('mongod', ways, '', (event) => events.push(event));
    expect(events).toEqual([{ kind: 'notice', text: 'PATH: is 4.4' }]);
  });
});
