import { beforeAll, describe, expect, it } from '@jest/globals';
import { Passwords } from './passwords.js';

const ROUNDS = 8;

describe('passwords', () => {
  const passwords = new Passwords({ BCRYPT_ROUNDS: ROUNDS });
  let stored: string;
  beforeAll(async () => {
    await passwords.onModuleInit();
    stored = await passwords.hash('Correct-horse-7');
  });

  it('are compared, and nobody has one where nothing is stored', async () => {
    expect(stored).toMatch(/^\$2b\$08\$/);
    expect(await passwords.matches('Correct-horse-7', stored)).toBe(true);
    expect(await passwords.matches('Correct-horse-8', stored)).toBe(false);
    expect(await passwords.matches('Correct-horse-7', undefined)).toBe(false);
    expect(await passwords.matches('nobody has this password', undefined)).toBe(false);
  });

  it('take as long to refuse where nothing is stored', async () => {
    const timeOf = async (against: string | undefined): Promise<number> => {
      const begun = performance.now();
      await passwords.matches('Wrong-horse-7', against);
      return performance.now() - begun;
    };
    // In turns, so that a busy moment of the machine meets both alike.
    const ratios: number[] = [];
    for (let n = 0; n < 25; n += 1) ratios.push((await timeOf(undefined)) / (await timeOf(stored)));
    const median = ratios.sort((a, b) => a - b)[12]!;
    expect(median).toBeGreaterThan(0.5);
    expect(median).toBeLessThan(2);
  });

  it('are hashed two at a time, however many come, and each is answered', async () => {
    const inner = passwords as unknown as { running: number };
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, inner.running)), 1);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => passwords.matches(n % 2 ? 'Correct-horse-7' : 'x', stored)),
    );
    clearInterval(watch);
    expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => n % 2 === 1));
    expect(most).toBe(2);
    expect(inner.running).toBe(0);
  });

  it('are turned away when too many wait, and not for good', async () => {
    const slow = new Passwords({ BCRYPT_ROUNDS: 4 });
    const answers = await Promise.allSettled(Array.from({ length: 300 }, () => slow.hash('x')));
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(98);
    expect(refused[0]).toMatchObject({ reason: { code: 'unavailable', retryable: true } });
    expect(await slow.hash('x')).toBeTruthy();
  });
});
