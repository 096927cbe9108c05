import { beforeEach, describe, expect, it } from '@jest/globals';
import { LeasedLimiter } from './leased-limiter.js';

const LIMIT = 100;
const WINDOW_MS = 10_000;

describe('a leased limit', () => {
  let time: number;
  /** What MongoDB would hold. */
  let shared: Map<string, { count: number; endsAt: number }>;
  let leases: number;
  let broken: boolean;
  let failures: number;

  beforeEach(() => {
    time = 0;
    shared = new Map();
    leases = 0;
    broken = false;
    failures = 0;
  });

  const instance = (): LeasedLimiter =>
    new LeasedLimiter(
      async (key, amount, windowMs) => {
        leases += 1;
        await Promise.resolve();
        if (broken) throw new Error('away');
        const known = shared.get(key);
        const window = known === undefined || known.endsAt <= time ? { count: 0, endsAt: time + windowMs } : known;
        window.count += amount;
        shared.set(key, window);
        return { count: window.count, msLeft: window.endsAt - time };
      },
      () => (failures += 1),
      () => time,
    );
  const take = (limiter: LeasedLimiter, key = 'ada') => limiter.take(key, LIMIT, WINDOW_MS);

  async function admitted(limiters: readonly LeasedLimiter[], requests: number): Promise<number> {
    const verdicts = await Promise.all(
      Array.from({ length: requests }, (_, n) => take(limiters[n % limiters.length]!)),
    );
    return verdicts.filter(({ allowed }) => allowed).length;
  }

  it('lets the limit through and no more, at one write for twenty requests’ worth', async () => {
    expect(await admitted([instance()], 250)).toBe(LIMIT);
    expect(leases).toBe(LIMIT / 5);
  });

  it('asks nobody any more once it is used up', async () => {
    const limiter = instance();
    await admitted([limiter], LIMIT);
    const before = leases;
    expect(await take(limiter)).toEqual({ allowed: false, remaining: 0, msLeft: WINDOW_MS });
    expect(leases).toBe(before);
  });

  it('lets no more than each instance’s credit beyond it through over several, and nearly all of it', async () => {
    const instances = [instance(), instance(), instance()];
    const through = await admitted(instances, 3 * LIMIT);
    expect(through).toBeLessThanOrEqual(LIMIT + 3);
    expect(through).toBeGreaterThan(LIMIT - 3 * 5);
  });

  it('begins anew when the window ends', async () => {
    const limiter = instance();
    await admitted([limiter], LIMIT + 1);
    time += WINDOW_MS;
    expect((await take(limiter)).allowed).toBe(true);
  });

  it('keeps callers apart', async () => {
    const limiter = instance();
    await admitted([limiter], LIMIT + 1);
    expect((await take(limiter, 'eve')).allowed).toBe(true);
  });

  it('tells what is left', async () => {
    const limiter = instance();
    expect(await take(limiter)).toEqual({ allowed: true, remaining: LIMIT - 1, msLeft: WINDOW_MS });
    time += 4_000;
    expect(await take(limiter)).toEqual({ allowed: true, remaining: LIMIT - 2, msLeft: 6_000 });
  });

  it('asks nobody for the first hundredth of it', async () => {
    const limiter = instance();
    for (let n = 0; n < 10; n += 1) await limiter.take('ada', 1_000, WINDOW_MS);
    expect(leases).toBe(0);
    expect(await limiter.take('ada', 1_000, WINDOW_MS)).toEqual({ allowed: true, remaining: 989, msLeft: WINDOW_MS });
    expect([leases, shared.get('ada')?.count]).toEqual([1, 60]);
  });

  it('is exact where a twentieth of it is less than one', async () => {
    const [one, two] = [instance(), instance()];
    const verdicts: boolean[] = [];
    for (const limiter of [one, two, one, two]) verdicts.push((await limiter.take('ada', 3, WINDOW_MS)).allowed);
    expect(verdicts).toEqual([true, true, true, false]);
  });

  it('lets everybody through while the counter is away, asking again only now and then', async () => {
    const limiter = instance();
    broken = true;
    expect(await admitted([limiter], 3 * LIMIT)).toBe(3 * LIMIT);
    expect([leases, failures]).toEqual([1, 1]);
    broken = false;
    time += 2_000;
    // The window is still the same, and its first request was on credit.
    expect(await admitted([limiter], 3 * LIMIT)).toBe(LIMIT - 1);
  });

  it('forgets callers whose window is over', async () => {
    const limiter = instance();
    for (let n = 0; n < 50; n += 1) await take(limiter, `caller${n}`);
    time += 2 * WINDOW_MS;
    await take(limiter);
    expect((limiter as unknown as { windows: Map<string, unknown> }).windows.size).toBe(1);
  });
});
