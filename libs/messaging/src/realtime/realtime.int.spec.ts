import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { eventually, silent, TestBroker, testMetrics } from '../../test/broker.js';
import { BrokerConnection } from '../broker/broker-connection.js';
import { Realtime } from './realtime.js';

const note = z.object({ number: z.int() });
const TOPIC = 'test.noted';

jest.setTimeout(30_000);

describe('the realtime fan-out', () => {
  let broker: TestBroker;
  const connections: BrokerConnection[] = [];

  beforeAll(async () => {
    broker = await TestBroker.open('realtime');
  });

  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close()));
  });

  afterAll(async () => {
    await broker.close();
  });

  /** An instance that listens, and what it has heard. */
  const open = (name: string, url = broker.url) => {
    const connection = new BrokerConnection({ url, name, logger: silent });
    connections.push(connection);
    const metrics = testMetrics();
    const realtime = new Realtime(connection, silent, metrics);
    const heard: number[] = [];
    const state = { established: 0 };
    realtime.subscribe(TOPIC, note, {
      onMessage: ({ number }) => void heard.push(number),
      onEstablished: () => (state.established += 1),
    });
    return { realtime, heard, state, metrics };
  };

  it('reaches every instance, the sender included, in order', async () => {
    const [one, two] = [open('one'), open('two')];
    await eventually(() => one.state.established === 1 && two.state.established === 1);
    const numbers = Array.from({ length: 500 }, (_, index) => index);
    for (const number of numbers) one.realtime.publish(TOPIC, { number });
    await eventually(() => one.heard.length === 500 && two.heard.length === 500);
    expect(one.heard).toEqual(numbers);
    expect(two.heard).toEqual(numbers);
  });

  it('drops what is not understood or not subscribed to, and goes on', async () => {
    const { realtime, heard, state } = open('one');
    await eventually(() => state.established === 1);
    realtime.publish(TOPIC, { number: 'seven' });
    realtime.publish('test.unheard', { number: 1 });
    realtime.publish(TOPIC, { number: 8 });
    await eventually(() => heard.length > 0);
    expect(heard).toEqual([8]);
  });

  it('is not stopped by a subscriber that throws', async () => {
    const { realtime, heard, state } = open('one');
    realtime.subscribe(TOPIC, note, {
      onMessage: () => {
        throw new Error('cannot cope');
      },
      onEstablished: () => undefined,
    });
    await eventually(() => state.established === 1);
    realtime.publish(TOPIC, { number: 1 });
    realtime.publish(TOPIC, { number: 2 });
    await eventually(() => heard.length === 2);
  });

  it('tells when it is established, late subscribers at once, and again after an outage', async () => {
    const { realtime, heard, state } = open('flaky');
    await eventually(() => state.established === 1);
    let late = 0;
    const unsubscribe = realtime.subscribe(TOPIC, note, {
      onMessage: () => undefined,
      onEstablished: () => (late += 1),
    });
    expect(late).toBe(1);
    unsubscribe();
    await eventually(async () => (await broker.closeConnections('flaky')) > 0);
    await eventually(() => state.established === 2);
    realtime.publish(TOPIC, { number: 1 });
    await eventually(() => heard.length === 1);
    expect(late).toBe(1);
  });

  it('never waits, and counts what it could not send', async () => {
    const { realtime, metrics } = open('nobody', 'amqp://guest:guest@127.0.0.1:9/');
    realtime.publish(TOPIC, { number: 1 });
    expect(await metrics.registry.metrics()).toMatch(/usher_realtime_dropped_total\{topic="test\.noted".*\} 1/);
  });
});
