import { describe, expect, it } from '@jest/globals';
import { carriedOf, redriveOf, redrivenMessage } from './redrive.js';

const dead = {
  content: Buffer.from('body'),
  properties: { messageId: 'm', type: 'a.b', expiration: '1' },
  headers: { traceparent: '00-…', 'x-usher-queue': 'q', 'x-death': [{}], 'x-delivery-count': 3, CC: ['elsewhere'] },
};
const from = { queue: 'notification-service.intake.v1', exchange: 'usher.events', routingKey: 'a.b' };
const second = { deadLetter: '66f000000000000000000000', number: 2 };

describe('a redriven message', () => {
  it('goes to the queue that it was parked from, as it first came, and knows whose redrive it is', () => {
    const sent = redrivenMessage(dead, from, second);
    expect(sent).toEqual({
      exchange: '',
      routingKey: 'notification-service.intake.v1',
      content: dead.content,
      properties: {
        messageId: 'm',
        type: 'a.b',
        headers: {
          traceparent: '00-…',
          'x-usher-attempt': 1,
          'x-usher-dead-letter': second.deadLetter,
          'x-usher-redrive': 2,
        },
      },
    });
    expect(redriveOf({ headers: sent.properties.headers ?? {} })).toEqual(second);
  });

  it('carries the same when it is redriven again', () => {
    const { properties } = redrivenMessage(dead, from, second);
    const again = { properties, headers: { ...properties.headers, 'x-usher-reason': 'not-json' } };
    expect(carriedOf(again)).toEqual(carriedOf(dead));
  });

  it.each([
    ['to its exchange where no queue wanted it', { ...from, queue: null }, 'usher.events'],
    ['nowhere where its queue is gone', { ...from, queue: 'intake.v0' }, 'usher.unrouted'],
    ['nowhere where its exchange is unknown', { ...from, queue: null, exchange: 'x' }, 'usher.unrouted'],
  ])('goes %s', (_, to, exchange) => {
    expect(redrivenMessage(dead, to, second)).toMatchObject({ exchange, routingKey: 'a.b' });
  });

  it('can be sent whatever its routing key has become', () => {
    const key = '\uFFFD'.repeat(255);
    expect(redrivenMessage(dead, { ...from, queue: null, routingKey: key }, second).routingKey).toBe('');
  });
});

it.each([
  ['nothing', {}],
  ['no number', { 'x-usher-dead-letter': 'a' }],
  ['a number that is none', { 'x-usher-dead-letter': 'a', 'x-usher-redrive': 0.5 }],
  ['something else', { 'x-usher-dead-letter': {}, 'x-usher-redrive': 1 }],
])('a message comes from no redrive where its headers say %s', (_, headers) => {
  expect(redriveOf({ headers })).toBeUndefined();
});
