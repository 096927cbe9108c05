import { Controller, Get, Post } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Connection } from 'mongoose';
import { z } from 'zod';
import { startTestApp, type TestApp, type TestDatabase, testDatabase } from '#testing';
import { Endpoint, type HttpSettings } from '../index.js';
import { RATE_WINDOW } from './rate-windows.schema.js';

@Controller('v1/things')
class ThingsController {
  @Get()
  @Endpoint({ summary: 'Things', access: 'anyone', answers: z.object({}) })
  list() {
    return {};
  }

  @Post('guess')
  @Endpoint({ summary: 'Guess', access: 'anyone', attempts: true })
  guess(): void {}
}

describe('rate limits', () => {
  let database: TestDatabase;
  let apps: TestApp[];
  beforeEach(() => {
    database = testDatabase('rates');
    apps = [];
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const app of apps) await app.close();
    await database.drop();
  });

  async function start(instances: number, settings: Partial<HttpSettings>): Promise<void> {
    for (let n = 0; n < instances; n += 1)
      apps.push(
        await startTestApp({ controllers: [ThingsController], settings: { trustProxy: 1, ...settings }, database }),
      );
  }
  const windows = (n = 0) => apps[n]!.app.get<Connection>(getConnectionToken()).model(RATE_WINDOW);
  const get = (n: number, address: string) => apps[n]!.http.get('/v1/things').set('x-forwarded-for', address);

  it('hold over instances, never letting more through, and say what is left', async () => {
    await start(3, { rateLimitPer10s: 60 });
    const statuses: number[] = [];
    for (let n = 0; n < 90; n += 1) statuses.push((await get(n % 3, '203.0.113.1')).status);
    const through = statuses.filter((status) => status === 200).length;
    expect(through).toBeLessThanOrEqual(60);
    expect(through).toBeGreaterThan(60 - 3 * 3);
    const limited = await get(0, '203.0.113.1');
    expect(limited.status).toBe(429);
    expect(limited.body).toMatchObject({ code: 'rate-limited', type: 'http://usher.test/problems/rate-limited' });
    expect(limited.headers['ratelimit-policy']).toBe('"general";q=60;w=10');
    expect(limited.headers['ratelimit']).toMatch(/^"general";r=0;t=([1-9]|10)$/);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    const other = await get(0, '203.0.113.2');
    expect(other.headers['ratelimit']).toBe('"general";r=59;t=10');
  });

  it('of the general kind cost one write for many requests', async () => {
    await start(1, { rateLimitPer10s: 1_000 });
    const writes = jest.spyOn(windows(), 'findOneAndUpdate');
    for (let n = 0; n < 100; n += 1) await get(0, '203.0.113.1');
    expect(writes).toHaveBeenCalledTimes(2);
  });

  it('are a user’s own wherever they come from, and an address’s for those nobody knows', async () => {
    await start(1, { rateLimitPer10s: 2 });
    const { headers } = await apps[0]!.tokens.session();
    const statuses: number[] = [];
    for (const address of ['203.0.113.1', '203.0.113.2', '203.0.113.3'])
      statuses.push((await get(0, address).set(headers)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await get(0, '203.0.113.1')).status).toBe(200);
  });

  it('take an IPv6 network for one caller', async () => {
    await start(1, { rateLimitPer10s: 2 });
    const statuses: number[] = [];
    for (const host of ['1', '2', '3']) statuses.push((await get(0, `2001:db8:1:1::${host}`)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await get(0, '2001:db8:1:2::1')).status).toBe(200);
  });

  it('believe no forwarded address where no proxy is trusted', async () => {
    await start(1, { rateLimitPer10s: 1, trustProxy: 0 });
    expect((await get(0, '203.0.113.1')).status).toBe(200);
    expect((await get(0, '203.0.113.2')).status).toBe(429);
  });

  it('believe as many proxies as there are: what a client says of itself stands further left', async () => {
    await start(1, { rateLimitPer10s: 1, trustProxy: 1 });
    expect((await get(0, '203.0.113.1')).status).toBe(200);
    expect((await get(0, '198.51.100.7, 203.0.113.1')).status).toBe(429);
    expect((await get(0, '203.0.113.1, 198.51.100.7')).status).toBe(200);
  });

  it('leave health and metrics alone', async () => {
    await start(1, { rateLimitPer10s: 1 });
    for (let n = 0; n < 5; n += 1)
      for (const path of ['/health/live', '/metrics']) {
        const response = await apps[0]!.http.get(path);
        expect(response.status).toBe(200);
        expect(response.headers['ratelimit']).toBeUndefined();
      }
  });

  it('begin anew when their window is over', async () => {
    await start(1, { rateLimitPer10s: 100_000, loginLimitPerMinute: 1 });
    const guess = () => apps[0]!.http.post('/v1/things/guess');
    expect([(await guess()).status, (await guess()).status]).toEqual([204, 429]);
    await windows().collection.updateMany({}, { $set: { ends_at: new Date(0) } });
    expect((await guess()).status).toBe(204);
  });

  describe('while MongoDB is away', () => {
    it('let requests through, but no guesses', async () => {
      await start(1, { rateLimitPer10s: 1, loginLimitPerMinute: 1 });
      jest.spyOn(windows(), 'findOneAndUpdate').mockImplementation((() => {
        throw new Error('away');
      }) as never);
      for (let n = 0; n < 5; n += 1) expect((await get(0, '203.0.113.1')).status).toBe(200);
      const refused = await apps[0]!.http.post('/v1/things/guess');
      expect(refused.status).toBe(503);
      expect(refused.body).toMatchObject({ code: 'unavailable' });
      expect(refused.headers['retry-after']).toBe('2');
    });

    it('wait half a second at most for a database that hangs, and then not again', async () => {
      await start(1, { rateLimitPer10s: 1 });
      const never = { lean: () => ({ exec: () => new Promise(() => undefined) }) };
      jest.spyOn(windows(), 'findOneAndUpdate').mockReturnValue(never as never);
      const begun = performance.now();
      for (let n = 0; n < 20; n += 1) expect((await get(0, '203.0.113.1')).status).toBe(200);
      // Twenty waits would be ten seconds.
      expect(performance.now() - begun).toBeLessThan(5_000);
    });
  });
});
