import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { UsherError } from '#kernel';
import { until } from '#testing';
import { envelopeOf, TestBroker } from '../../test/broker.js';
import { type EachHandler, startParallel, WORK } from '../../test/parallel-app.js';

const PARKED = 'usher.parked.v1';

describe('the parallel consumer', () => {
  let broker: TestBroker;
  const apps: NestFastifyApplication[] = [];

  beforeAll(async () => {
    broker = await TestBroker.open('parallel');
  });

  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    for (const queue of [WORK, PARKED]) await broker.drain(queue, await broker.depth(queue));
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
    await until(async () => expect(await broker.depth(PARKED)).toBe(2));
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
});
