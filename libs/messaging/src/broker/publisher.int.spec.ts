import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HealthProbes } from '#observability';
import { envelopeOf, eventually, messageOf, openPublisher, silent, TestBroker } from '../../test/broker.js';
import { EXCHANGES, TOPOLOGY } from '../topology.js';
import { BrokerConnection } from './broker-connection.js';
import { Publisher } from './publisher.js';

const INTAKE = 'notification-service.intake.v1';
const UNROUTED = 'usher.unrouted.v1';
const RETRYABLE = { name: 'UsherError', code: 'unavailable', retryable: true };

jest.setTimeout(30_000);

describe('the publisher', () => {
  let broker: TestBroker;
  let publisher: Publisher;
  let close: () => Promise<void>;

  beforeAll(async () => {
    broker = await TestBroker.open('publisher');
    ({ publisher, close } = await openPublisher(broker.url));
  });

  afterAll(async () => {
    await close();
    await broker.close();
  });

  const publish = (sequence: number): Promise<void> => publisher.publish(messageOf(envelopeOf(sequence)));

  it('finds every queue declared before anybody consumes it', async () => {
    for (const queue of Object.keys(TOPOLOGY.queues)) expect(await broker.depth(queue)).toBe(0);
  });

  it('confirms, in order, durably and with its properties', async () => {
    await Promise.all(Array.from({ length: 300 }, (_, index) => publish(index)));
    const messages = await broker.drain(INTAKE, 300);
    const sequences = messages.map(({ content }) =>
      Number((JSON.parse(content.toString()) as { sequence: string }).sequence),
    );
    expect(sequences).toEqual(Array.from({ length: 300 }, (_, index) => index));
    expect(messages[0]!.properties).toMatchObject({
      deliveryMode: 2,
      type: 'test.happened',
      contentType: 'application/cloudevents+json',
    });
    expect(messages[0]!.fields.routingKey).toBe('test.happened');
  });

  it('keeps what no queue wants', async () => {
    await broker.unbindQueue(INTAKE, EXCHANGES.events, '#');
    await publish(1);
    expect(await broker.depth(UNROUTED)).toBe(1);
    await broker.drain(UNROUTED, 1);
  });

  it('believes no confirmation of a message that came back, and mends what is missing', async () => {
    await broker.deleteQueue(UNROUTED);
    await broker.deleteQueue(INTAKE);
    await expect(publish(1)).rejects.toMatchObject(RETRYABLE);
    await eventually(() => publisher.ready);
    await publish(2);
    expect(await broker.depth(INTAKE)).toBe(1);
    await broker.drain(INTAKE, 1);
  });

  it('declares an exchange again that somebody deleted', async () => {
    await broker.deleteExchange(EXCHANGES.events);
    await expect(publish(1)).rejects.toMatchObject(RETRYABLE);
    await eventually(() => publisher.ready);
    await publish(2);
    await broker.drain(INTAKE, 1);
  });

  it('refuses at once what it cannot send, and keeps nothing for later', async () => {
    const probes = new HealthProbes();
    const connection = new BrokerConnection({ url: 'amqp://guest:guest@127.0.0.1:9/', name: 'nobody', logger: silent });
    const lonely = new Publisher(connection, probes, silent);
    const refused = { ...RETRYABLE, detail: 'The broker is out of reach.' };
    await expect(lonely.publish(messageOf(envelopeOf(1)))).rejects.toMatchObject(refused);
    expect(await probes.check()).toEqual({ rabbitmq: { status: 'down', detail: 'not connected' } });
    await connection.close();
  });
});
