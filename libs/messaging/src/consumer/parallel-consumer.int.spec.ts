import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { UsherError } from '#kernel';
import { until } from '#testing';
import { envelopeOf, TestBroker } from '../../test/broker.js';
import { type EachHandler, LAST, startParallel, startRaw, WORK } from '../../test/parallel-app.js';

describe('the parallel consumer', () => {
  let broker: TestBroker;
  const apps: NestFastifyApplication[] = [];

  beforeAll(async () => {
    broker = await TestBroker.open('parallel');
  });

  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    for (const queue of [WORK, LAST]) await broker.drain(queue, await broker.depth(queue));
  });

  afterAll(async () => {
    await broker.close();
  });

  const start = async (prefetch: number, handler: EachHandler): Promise<NestFastifyApplication> => {
    const app = await startParallel(broker.url, prefetch, handler);
    apps.push(app);
    // Declared by whoever consumes first.
    await until(() => broker.depth(WORK));
    return app;
  };

  const send = (...numbers: number[]): Promise<void> =>
    broker.send(
      WORK,
      ...numbers.map((number) => {
        const envelope = envelopeOf(number);
        return { content: Buffer.from(JSON.stringify(envelope)), type: envelope.type };
      }),
    );

  const numberOf: (message: Parameters<EachHandler>[0]) => number = ({ envelope }) => Number(envelope.sequence);

  it('works on as many at once as it may, and a slow one delays none behind it', async () => {
    const done: number[] = [];
    let [underWay, most] = [0, 0];
    const slow = Promise.withResolvers<undefined>();
    await start(4, async (message) => {
      most = Math.max(most, ++underWay);
      if (numberOf(message) === 1) await slow.promise;
      else await new Promise((resolve) => setTimeout(resolve, 2));
      done.push(numberOf(message));
      underWay -= 1;
    });
    const others = Array.from({ length: 50 }, (_, index) => index + 2);
    await send(1, ...others);
    await until(() => expect(done).toHaveLength(50));
    expect(done).not.toContain(1);
    expect(most).toBe(4);
    slow.resolve(undefined);
    await until(() => expect(done.at(-1)).toBe(1));
    await until(async () => expect(await broker.depth(WORK)).toBe(0));
  });

  it('tries again what may pass, and parks what is bad', async () => {
    const attempts = new Map<number, number>();
    const done: number[] = [];
    await start(10, (message) => {
      const number = numberOf(message);
      attempts.set(number, (attempts.get(number) ?? 0) + 1);
      if (number === 2) return Promise.reject(new UsherError('validation-failed', 'never'));
      if (number === 3 && attempts.get(3) === 1)
        return Promise.reject(new UsherError('unavailable', 'not now', { retryable: true }));
      done.push(number);
      return Promise.resolve();
    });
    await broker.send(WORK, { content: Buffer.from('no JSON'), type: 'test.happened' });
    await send(1, 2, 3);
    await until(() => expect(done.toSorted()).toEqual([1, 3]));
    await until(async () => expect(await broker.depth(LAST)).toBe(2));
    expect(attempts).toEqual(
      new Map([
        [1, 1],
        [2, 1],
        [3, 2],
      ]),
    );
  });

  it('finishes what is in hand when it is closed, and gives back the rest', async () => {
    const begun: number[] = [];
    const done: number[] = [];
    const release = Promise.withResolvers<undefined>();
    const app = await start(3, async (message) => {
      begun.push(numberOf(message));
      await release.promise;
      done.push(numberOf(message));
    });
    await send(1, 2, 3, 4, 5);
    await until(() => expect(begun).toHaveLength(3));
    const closed = app.close();
    release.resolve(undefined);
    await closed;
    apps.splice(0);
    expect(done.toSorted()).toEqual([1, 2, 3]);
    await until(async () => expect(await broker.depth(WORK)).toBe(2));
  });

  it('of messages of any kind takes every one, and tries again whatever fails, without parking it', async () => {
    const failures = new Map<string, number>();
    const done: string[] = [];
    const app = await startRaw(broker.url, 2, ({ content, headers }) => {
      const text = content.toString('latin1');
      const failed = failures.get(text) ?? 0;
      failures.set(text, failed + 1);
      if (failed < 2) return Promise.reject(new Error('a mistake'));
      done.push(`${text} ${JSON.stringify(headers)}`);
      return Promise.resolve();
    });
    apps.push(app);
    await until(() => broker.depth(LAST));
    await broker.send(LAST, { content: Buffer.from([0xff]) }, { content: Buffer.from(''), headers: { list: [1] } });
    await until(() => expect(done.toSorted()).toEqual([' {"list":[1]}', 'ÿ {}']));
    await app.close();
    apps.splice(0);
    expect(await broker.depth(LAST)).toBe(0);
  });
});
