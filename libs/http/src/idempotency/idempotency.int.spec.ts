import { Body, Controller, Get, Headers, Post } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Connection } from 'mongoose';
import { z } from 'zod';
import { newId, UsherError } from '#kernel';
import { startTestApp, type TestApp } from '#testing';
import { answer, Endpoint, ResourceId } from '../index.js';
import { IDEMPOTENCY_RECORD } from './idempotency.schema.js';

const orderBody = z.strictObject({ item: z.string(), secret: z.string().optional() });

/** What the handlers below do, and how often they were asked to. */
const shop = { orders: [] as string[], gate: Promise.resolve(), failure: undefined as Error | undefined };

@Controller('v1/orders')
class OrdersController {
  @Post()
  @Endpoint({
    summary: 'Order',
    access: 'anyone',
    status: 201,
    answers: z.object({ id: z.string(), item: z.string() }),
  })
  async create(@Body({ schema: orderBody }) { item }: z.infer<typeof orderBody>, @ResourceId() id: string) {
    shop.orders.push(id);
    await shop.gate;
    if (shop.failure !== undefined) throw shop.failure;
    return answer({ id, item }, { location: `/v1/orders/${id}`, version: 7 });
  }

  @Post('silent')
  @Endpoint({ summary: 'Nothing to say', access: 'anyone' })
  silent(): void {
    shop.orders.push('silent');
  }

  @Post('token')
  @Endpoint({ summary: 'A token', access: 'anyone', answers: z.object({ n: z.int() }), notKept: true })
  token(@Headers('x') _: string) {
    return { n: shop.orders.push('token') };
  }

  @Get()
  @Endpoint({ summary: 'Count', access: 'anyone', answers: z.object({ n: z.int() }) })
  count() {
    return { n: shop.orders.push('read') };
  }
}

describe('an idempotency key', () => {
  let test: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    test = await startTestApp({ controllers: [OrdersController], settings: { trustProxy: 1 } });
    const { database } = test;
    other = await startTestApp({ controllers: [OrdersController], settings: { trustProxy: 1 }, database });
  });
  afterAll(async () => {
    await other.close();
    await test.close();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    shop.orders = [];
    shop.gate = Promise.resolve();
    shop.failure = undefined;
  });

  const records = (app = test) => app.app.get<Connection>(getConnectionToken()).model(IDEMPOTENCY_RECORD);
  const order = (key: string, body: object = { item: 'tea' }, app = test, address = '203.0.113.1') =>
    app.http.post('/v1/orders').set({ 'idempotency-key': key, 'x-forwarded-for': address }).send(body);
  const codeOf = (response: { body: unknown }): string => (response.body as { code: string }).code;
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise(setImmediate);
  };

  it('makes the first answer the only one, to the letter and on every instance', async () => {
    const key = newId();
    const first = await order(key);
    expect(first.status).toBe(201);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    for (const app of [test, other]) {
      const again = await order(key, undefined, app);
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      for (const name of ['location', 'etag', 'content-type']) expect(again.headers[name]).toBe(first.headers[name]);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(again.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    }
    expect(shop.orders).toHaveLength(1);
  });

  it('replays an answer without a body', async () => {
    const send = () => test.http.post('/v1/orders/silent').set('idempotency-key', 'silent');
    expect([(await send()).status, (await send()).status]).toEqual([204, 204]);
    expect(shop.orders).toEqual(['silent']);
  });

  it('replays a refusal as the problem it was', async () => {
    const key = newId();
    shop.failure = new UsherError('conflict', 'Sold out.');
    const first = await order(key);
    shop.failure = undefined;
    const again = await order(key);
    expect(first.status).toBe(409);
    expect([again.status, again.text]).toEqual([409, first.text]);
    expect(again.headers['content-type']).toBe('application/problem+json');
    expect(again.headers['idempotency-replayed']).toBe('true');
    const bad = newId();
    expect((await order(bad, { item: 1 })).status).toBe(400);
    expect((await order(bad, { item: 1 })).headers['idempotency-replayed']).toBe('true');
  });

  it('belongs to one request', async () => {
    const key = newId();
    await order(key);
    const reused = await order(key, { item: 'coffee' });
    expect([reused.status, codeOf(reused)]).toEqual([422, 'idempotency-key-reused']);
    const elsewhere = await test.http
      .post('/v1/orders/silent')
      .set({ 'idempotency-key': key, 'x-forwarded-for': '203.0.113.1' })
      .send({ item: 'tea' });
    expect(codeOf(elsewhere)).toBe('idempotency-key-reused');
  });

  it('belongs to one caller', async () => {
    const key = newId();
    const { headers } = await test.tokens.session();
    const ids = [await order(key), await order(key, undefined, test, '203.0.113.2'), await order(key).set(headers)];
    expect(new Set(ids.map(({ body }) => (body as { id: string }).id)).size).toBe(3);
  });

  it('lets one of many at once through; the others are told to wait', async () => {
    const key = newId();
    let open = (): void => undefined;
    shop.gate = new Promise((resolve) => (open = resolve));
    const first = order(key).then((response) => response);
    await until(() => shop.orders.length === 1);
    const others = await Promise.all(Array.from({ length: 10 }, (_, n) => order(key, undefined, n % 2 ? test : other)));
    for (const response of others) {
      expect([response.status, codeOf(response)]).toEqual([409, 'idempotency-in-flight']);
      expect(response.headers['retry-after']).toBe('1');
    }
    open();
    expect((await first).status).toBe(201);
    expect((await order(key)).headers['idempotency-replayed']).toBe('true');
    expect(shop.orders).toHaveLength(1);
  });

  it.each([
    ['a fault', new Error('bug'), 500],
    ['a dependency away', new UsherError('unavailable', 'away'), 503],
    ['a limit', new UsherError('rate-limited', 'slow down'), 429],
  ])('does not keep %s, and tries again with the same id', async (_, failure, status) => {
    const key = newId();
    shop.failure = failure;
    expect((await order(key)).status).toBe(status);
    shop.failure = undefined;
    const again = await order(key);
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect(shop.orders).toHaveLength(2);
    expect(new Set(shop.orders).size).toBe(1);
  });

  it('is free for another request after a failure', async () => {
    const key = newId();
    shop.failure = new Error('bug');
    await order(key);
    shop.failure = undefined;
    expect((await order(key, { item: 'coffee' })).status).toBe(201);
    expect(new Set(shop.orders).size).toBe(2);
  });

  it('of an instance that died is taken over when its lease is over, with the same id', async () => {
    const key = newId();
    const first = await order(key);
    const died = { state: 'running', answer: null, lease_ends_at: new Date(Date.now() + 60_000) };
    const id = (first.body as { id: string }).id;
    await records().updateOne({ resource_id: id }, { $set: died });
    expect(codeOf(await order(key, undefined, other))).toBe('idempotency-in-flight');
    await records().updateOne({ resource_id: id }, { $set: { lease_ends_at: new Date(0) } });
    expect(codeOf(await order(key, { item: 'coffee' }, other))).toBe('idempotency-key-reused');
    const retried = await Promise.all([order(key, undefined, other), order(key, undefined, test)]);
    expect(retried.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(1);
    expect(new Set(shop.orders)).toEqual(new Set([id]));
  });

  it('is forgotten after a day, even where MongoDB has not swept yet', async () => {
    const key = newId();
    const first = await order(key);
    await records().updateOne(
      { resource_id: (first.body as { id: string }).id },
      { $set: { expires_at: new Date(0) } },
    );
    const anew = await order(key, { item: 'coffee' });
    expect([anew.status, anew.headers['idempotency-replayed']]).toEqual([201, undefined]);
  });

  it('that cannot keep its answer gives it all the same', async () => {
    const key = newId();
    jest.spyOn(records(), 'updateOne').mockImplementation((() => {
      throw new Error('away');
    }) as never);
    expect((await order(key)).status).toBe(201);
  });

  it('is no secret-keeper in clear', async () => {
    const key = 'a-key-nobody-guesses';
    await order(key, { item: 'tea-for-ada', secret: 'Correct-horse-7' });
    const stored = JSON.stringify(await records().collection.find().toArray());
    for (const text of [key, 'tea-for-ada', 'Correct-horse-7']) {
      expect(stored).not.toContain(text);
      expect(stored).not.toContain(Buffer.from(text).toString('base64').slice(0, -4));
    }
  });

  it('has no effect where answers are not kept, nor on reads', async () => {
    const token = () => test.http.post('/v1/orders/token').set('idempotency-key', 'token');
    expect([(await token()).body, (await token()).body]).toEqual([{ n: 1 }, { n: 2 }]);
    const read = () => test.http.get('/v1/orders').set('idempotency-key', 'read');
    expect([(await read()).body, (await read()).body]).toEqual([{ n: 3 }, { n: 4 }]);
  });

  it('has 1 to 255 characters', async () => {
    expect((await order('x'.repeat(255))).status).toBe(201);
    const long = await order('x'.repeat(256));
    expect(long.status).toBe(400);
    expect(long.body).toMatchObject({ errors: [{ pointer: '/header/Idempotency-Key' }] });
    expect((await order('')).status).toBe(400);
  });
});
