import { describe, expect, it } from '@jest/globals';
import type { ConsumeMessage } from 'amqplib';
import { parkedMessage } from './parking.js';

const message = (headers: object, properties: object = {}): ConsumeMessage =>
  ({
    content: Buffer.from('body'),
    fields: { exchange: 'usher.events', routingKey: 'a.b', deliveryTag: 1, redelivered: false, consumerTag: 'c' },
    properties: { messageId: 'm', type: 'a.b', headers, ...properties },
  }) as ConsumeMessage;

const because = { reason: 'not-json', detail: 'x'.repeat(900) };

describe('a parked message', () => {
  it('keeps its body and identity, and says where it was and why it is here', () => {
    const parked = parkedMessage('q', message({ traceparent: '00-…', 'x-usher-attempt': 4 }), because);
    expect(parked).toEqual({
      exchange: 'usher.dead',
      routingKey: 'a.b',
      content: Buffer.from('body'),
      properties: {
        messageId: 'm',
        type: 'a.b',
        headers: {
          traceparent: '00-…',
          'x-usher-attempt': 4,
          'x-usher-reason': 'not-json',
          'x-usher-detail': 'x'.repeat(500),
          'x-usher-queue': 'q',
          'x-usher-exchange': 'usher.events',
          'x-usher-routing-key': 'a.b',
        },
      },
    });
  });

  it('brings nothing along that the broker would act on or could choke on', () => {
    const hostile = message(
      { CC: 'elsewhere', BCC: 'elsewhere', 'x-death': [{}], huge: 'x'.repeat(100_000) },
      { expiration: '1', userId: 'root', messageId: 7 },
    );
    const { properties } = parkedMessage('q', hostile, because);
    expect(Object.keys(properties)).toEqual(['type', 'headers']);
    expect(Object.keys(properties.headers as object)).not.toEqual(expect.arrayContaining(['CC', 'x-death', 'huge']));
  });

  it('brings nothing along that cannot be written again, although it could be read', () => {
    const grown = '\uFFFD'.repeat(255);
    const odd = message(
      { [grown]: 1, nan: NaN, less: -Infinity, huge: -(2 ** 63), fraction: 2 ** 51 + 0.5, half: 0.5, kept: 'x' },
      { messageId: grown },
    );
    odd.fields.routingKey = grown;
    const { routingKey, properties } = parkedMessage('q', odd, because);
    expect(routingKey).toBe('q');
    expect(properties).toEqual({ type: 'a.b', headers: expect.objectContaining({ half: 0.5, kept: 'x' }) as unknown });
    expect(Object.keys(properties.headers as object)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/nan|less|huge|fraction|\uFFFD/)]),
    );
  });
});
