import { describe, expect, it } from '@jest/globals';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { ConsumerSession } from './consumer-session.js';
import { ENVELOPES } from './reading.js';

const good = { specversion: '1.0', id: '1', source: '/test', type: 'test.happened', data: {} };

function open() {
  const acks: (number | string)[] = [];
  const parked: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const channel = {
    ack: ({ fields }: ConsumeMessage, multiple = false) =>
      acks.push(multiple ? `up to ${fields.deliveryTag}` : fields.deliveryTag),
  } as unknown as ConfirmChannel;
  const session = new ConsumerSession(channel, {
    read: ENVELOPES.read,
    onPending: () => undefined,
    park: () => new Promise<void>((resolve, reject) => parked.push({ resolve, reject })),
    now: () => new Date(),
  });
  let deliveryTag = 0;
  const deliver = (body: unknown): void => {
    deliveryTag += 1;
    session.receive({
      content: Buffer.from(JSON.stringify(body)),
      fields: { deliveryTag, redelivered: false, exchange: '', routingKey: '', consumerTag: '' },
      properties: { type: 'test.happened' },
    } as ConsumeMessage);
  };
  return { session, acks, parked, deliver };
}

describe('a consumer session', () => {
  it('acknowledges a batch at once', () => {
    const { session, acks, deliver } = open();
    for (let count = 0; count < 3; count += 1) deliver(good);
    session.ack(session.take(2));
    session.ack(session.take(2));
    expect(acks).toEqual(['up to 2', 'up to 3']);
  });

  it('does not acknowledge along with a batch what is still on its way to be parked', async () => {
    const { session, acks, parked, deliver } = open();
    deliver('bad');
    deliver(good);
    deliver(good);
    session.ack(session.take(5));
    expect(acks).toEqual([2, 3]);
    parked[0]!.resolve();
    await session.settled();
    expect(acks).toEqual([2, 3, 1]);
    deliver(good);
    session.ack(session.take(5));
    expect(acks.at(-1)).toBe('up to 4');
  });

  it('tries again to park until it works', async () => {
    const { session, acks, parked, deliver } = open();
    deliver('bad');
    parked[0]!.reject(new Error('the broker is away'));
    while (parked.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(acks).toEqual([]);
    parked[1]!.resolve();
    await session.settled();
    expect(acks).toEqual([1]);
  });

  it('leaves a message that it cannot park to the next one, when it is asked to hurry', async () => {
    const { session, acks, parked, deliver } = open();
    deliver('bad');
    session.stopWaiting();
    parked[0]!.reject(new Error('the broker is away'));
    await session.settled();
    expect(acks).toEqual([]);
  });

  it('forgets all that it held when it ends, and acknowledges nothing any more', async () => {
    const { session, acks, parked, deliver } = open();
    deliver('bad');
    deliver(good);
    const batch = session.take(1);
    deliver(good);
    session.end();
    session.ack(batch);
    parked[0]!.resolve();
    await session.settled();
    expect(acks).toEqual([]);
    expect(session.hasPending).toBe(false);
    expect(await session.pause(1)).toBe(false);
  });
});
