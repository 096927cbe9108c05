import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { UsherError } from '#kernel';
import { envelopeOf, eventually, messageOf, openPublisher, TestBroker } from '../../test/broker.js';
import { type Handler, INTAKE, startIntake } from '../../test/intake-app.js';
import type { Publisher } from '../broker/publisher.js';

const PARKED = 'usher.parked.v1';

jest.setTimeout(30_000);

describe('the ordered consumer', () => {
  let broker: TestBroker;
  let publisher: Publisher;
  let closePublisher: () => Promise<void>;
  let next = 1;
  const apps: NestFastifyApplication[] = [];

  beforeAll(async () => {
    broker = await TestBroker.open('consumer');
    ({ publisher, close: closePublisher } = await openPublisher(broker.url));
  });

  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    for (const queue of [INTAKE, PARKED]) await broker.drain(queue, await broker.depth(queue));
  });

  afterAll(async () => {
    await closePublisher();
    await broker.close();
  });

  const start = async (handler: Handler, service?: string): Promise<NestFastifyApplication> => {
    const app = await startIntake(broker.url, handler, service);
    apps.push(app);
    return app;
  };

  /** Publishes `count` envelopes and answers with their sequence numbers. */
  const publish = async (count: number): Promise<number[]> => {
    const numbers = Array.from({ length: count }, () => next++);
    await Promise.all(numbers.map((number) => publisher.publish(messageOf(envelopeOf(number)))));
    return numbers;
  };

  const collector = (): { seen: number[]; sizes: number[]; handler: Handler } => {
    const seen: number[] = [];
    const sizes: number[] = [];
    const handler: Handler = (batch) => {
      seen.push(...batch.map(({ envelope }) => Number(envelope.sequence)));
      sizes.push(batch.length);
      return Promise.resolve();
    };
    return { seen, sizes, handler };
  };

  it('hands over everything in order, in few batches, and acknowledges it', async () => {
    const { seen, sizes, handler } = collector();
    const published = await publish(2_000);
    await start(handler);
    await eventually(() => seen.length >= 2_000);
    expect(seen).toEqual(published);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256);
    expect(sizes.length).toBeLessThan(200);
    await eventually(async () => (await broker.depth(INTAKE)) === 0);
  });

  it('does not keep a lone message waiting', async () => {
    const { seen, handler } = collector();
    await start(handler);
    await publish(1);
    await eventually(() => seen.length === 1);
    await publish(1);
    await eventually(() => seen.length === 2);
  });

  it('parks 200 poisonous messages with their reasons and processes the good one behind them', async () => {
    const type = 'test.happened';
    const good = envelopeOf(next++);
    const poison = [
      { content: Buffer.from('{"specversion":'), type },
      { content: Buffer.from(JSON.stringify({ specversion: '0.3', id: 'x', source: '/x', type })), type },
      { content: Buffer.alloc(0), type },
      { content: Buffer.from(JSON.stringify(good)) },
      { content: Buffer.from(JSON.stringify({ ...good, type: 'other' })), type },
      { content: Buffer.from(`${'['.repeat(10_000)}${']'.repeat(10_000)}`), type },
      { content: Buffer.from(JSON.stringify({ ...good, data: 'x'.repeat(70_000) })), type },
      { content: Buffer.from([0x22, 0xff, 0xfe, 0x22]), type, headers: { 'x-usher-attempt': 3, nested: { a: 1 } } },
    ];
    const { seen, handler } = collector();
    await start(handler);
    await publish(1);
    await eventually(() => seen.length === 1);
    const poisoned = Array.from({ length: 200 }, (_, index) => poison[index % poison.length]!);
    const began = performance.now();
    await broker.send(INTAKE, ...poisoned, { content: Buffer.from(JSON.stringify(good)), type });
    await eventually(() => seen.length === 2);
    process.stderr.write(`consumer: past 200 poisonous messages in ${(performance.now() - began).toFixed(0)} ms\n`);
    await eventually(async () => (await broker.depth(PARKED)) === 200);
    const parked = await broker.drain(PARKED, 200);
    const reasons = parked.map(({ properties }) => properties.headers?.['x-usher-reason'] as string);
    expect(new Set(reasons)).toEqual(
      new Set([
        'not-json',
        'not-an-envelope',
        'empty',
        'type-missing',
        'type-mismatch',
        'too-deep',
        'too-large',
        'not-utf8',
      ]),
    );
    const untyped = parked.find(({ properties }) => properties.headers?.['x-usher-reason'] === 'not-utf8')!;
    expect(untyped.content).toEqual(Buffer.from([0x22, 0xff, 0xfe, 0x22]));
    expect(untyped.properties.headers).toMatchObject({
      'x-usher-attempt': 3,
      'x-usher-queue': INTAKE,
      'x-usher-exchange': '',
      'x-usher-routing-key': INTAKE,
    });
    await eventually(async () => (await broker.depth(INTAKE)) === 0);
  });

  it('waits in place while the trouble is its own, and keeps the order', async () => {
    const seen: number[] = [];
    let failures = 3;
    const published = await publish(50);
    await start((batch) => {
      if (failures-- > 0) throw new UsherError('unavailable', 'The database is away.', { retryable: true });
      seen.push(...batch.map(({ envelope }) => Number(envelope.sequence)));
      return Promise.resolve();
    });
    published.push(...(await publish(50)));
    await eventually(() => seen.length >= 100);
    expect(seen).toEqual(published);
    expect(await broker.depth(PARKED)).toBe(0);
  });

  it('parks the bad ones of a batch and nothing else', async () => {
    const seen: number[] = [];
    const published = await publish(100);
    const bad = new Set([published[7], published[8], published[99]]);
    await start((batch) => {
      const numbers = batch.map(({ envelope }) => Number(envelope.sequence));
      if (numbers.some((number) => bad.has(number))) throw new TypeError('cannot digest this');
      seen.push(...numbers);
      return Promise.resolve();
    });
    await eventually(() => seen.length >= 97);
    expect(seen).toEqual(published.filter((number) => !bad.has(number)));
    await eventually(async () => (await broker.depth(PARKED)) === 3);
    const parked = await broker.drain(PARKED, 3);
    expect(parked[0]!.properties.headers).toMatchObject({
      'x-usher-reason': 'rejected',
      'x-usher-detail': 'cannot digest this',
      'x-usher-exchange': 'usher.events',
      'x-usher-routing-key': 'test.happened',
    });
  });

  it('goes on when its queue was deleted', async () => {
    const { seen, handler } = collector();
    await start(handler);
    const [first] = await publish(1);
    await eventually(() => seen.length === 1);
    await broker.deleteQueue(INTAKE);
    await eventually(() =>
      broker
        .depth(INTAKE)
        .then(Boolean, () => false)
        .then(() => true),
    );
    await eventually(async () => {
      await publish(1);
      return seen.length > 1;
    });
    expect(seen[0]).toBe(first);
  });

  it('goes on when the broker closed its connection, without a loss and in order', async () => {
    const { seen, handler } = collector();
    await start(handler, 'flaky');
    const published = await publish(300);
    await eventually(async () => (await broker.closeConnections(`flaky:${INTAKE}`)) > 0);
    published.push(...(await publish(300)));
    await eventually(() => new Set(seen).size >= 600);
    expect([...new Set(seen)]).toEqual(published);
  });

  it('finishes the batch in hand when it is closed, and gives back what it has not begun', async () => {
    const published = await publish(3);
    const begun: number[] = [];
    const finished: number[] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const app = await start(async (batch) => {
      const numbers = batch.map(({ envelope }) => Number(envelope.sequence));
      begun.push(...numbers);
      await gate;
      finished.push(...numbers);
    });
    await eventually(() => begun.length > 0);
    published.push(...(await publish(3)));
    apps.pop();
    const closed = app.close().then(() => expect(finished).toEqual(begun));
    release();
    await closed;
    const { seen, handler } = collector();
    await start(handler);
    await eventually(() => seen.length >= 6 - finished.length);
    expect([...finished, ...seen]).toEqual(published);
  });

  it('fails over to another instance in order', async () => {
    const seen: number[] = [];
    const slow: Handler = async (batch) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push(...batch.map(({ envelope }) => Number(envelope.sequence)));
    };
    const first = await start(slow, 'first');
    await start(slow, 'second');
    const published = await publish(1_500);
    await eventually(() => seen.length > 200);
    apps.shift();
    const closing = first.close();
    published.push(...(await publish(1_500)));
    await closing;
    await eventually(() => new Set(seen).size >= 3_000);
    expect([...new Set(seen)]).toEqual(published);
  });

  it('starts although there is no broker', async () => {
    apps.push(await startIntake('amqp://guest:guest@127.0.0.1:9/', () => Promise.resolve()));
    expect(apps).toHaveLength(1);
  });
});
