import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Connection, createConnection, type Model } from 'mongoose';
import type { Clock } from '#kernel';
import { testDatabase } from '#testing';
import '../connection.js';
import { LEASE, type LeaseDocument, leaseSchema } from './lease.schema.js';
import { LeaseLost, Leases } from './leases.js';

const test = testDatabase('leases');
const START = Date.UTC(2026, 0, 1);

describe('a lease', () => {
  let connection: Connection;
  let model: Model<LeaseDocument>;
  let seconds = 0;
  const clock: Clock = { now: () => new Date(START + seconds * 1_000) };
  let leases: Leases;

  beforeAll(async () => {
    connection = await createConnection(test.uri, { dbName: test.database }).asPromise();
    model = connection.model<LeaseDocument>(LEASE, leaseSchema);
    leases = new Leases(model, clock);
  });

  afterAll(async () => {
    await connection.close();
    await test.drop();
  });

  it('has one holder until it runs out, and a higher token with each', async () => {
    const first = await leases.acquire('a', 'one', 5_000);
    expect(first).toEqual({ name: 'a', holder: 'one', token: 1, expiresAt: new Date(START + 5_000) });
    expect(await leases.acquire('a', 'two', 5_000)).toBeUndefined();
    seconds += 5;
    expect(await leases.acquire('a', 'two', 5_000)).toMatchObject({ holder: 'two', token: 2 });
  });

  it('goes to one of many who want it', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `holder-${index}`);
    const got = await Promise.all(names.map((holder) => leases.acquire('b', holder, 5_000)));
    expect(got.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it('lasts as long as it is renewed, by its holder only', async () => {
    const lease = (await leases.acquire('c', 'one', 5_000))!;
    seconds += 4;
    const renewed = (await leases.renew(lease, 5_000))!;
    seconds += 4;
    expect(await leases.acquire('c', 'two', 5_000)).toBeUndefined();
    seconds += 1;
    expect(await leases.acquire('c', 'two', 5_000)).toBeDefined();
    expect(await leases.renew(renewed, 5_000)).toBeUndefined();
  });

  it('is free at once when it is released, and not by one who has lost it', async () => {
    const lost = (await leases.acquire('d', 'one', 5_000))!;
    await leases.release(lost);
    const lease = (await leases.acquire('d', 'two', 5_000))!;
    await leases.release(lost);
    expect(await leases.acquire('d', 'three', 5_000)).toBeUndefined();
    await leases.release(lease);
    expect(await leases.acquire('d', 'three', 5_000)).toBeDefined();
  });

  it('counts on over all its holders, and for its holder only', async () => {
    const first = (await leases.acquire('e', 'one', 5_000))!;
    expect(await leases.advance(first, 3)).toBe(3);
    seconds += 5;
    const second = (await leases.acquire('e', 'two', 5_000))!;
    await expect(leases.advance(first, 1)).rejects.toThrow(LeaseLost);
    expect(await leases.advance(second, 2)).toBe(5);
  });
});
