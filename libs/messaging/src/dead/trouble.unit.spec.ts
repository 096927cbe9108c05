import { describe, expect, it } from '@jest/globals';
import type { RawMessage } from '../consumer/reading.js';
import { troubleOfParked, troubleOfUnrouted } from './trouble.js';

const message = (headers: Record<string, unknown>): RawMessage => ({
  content: Buffer.from('body'),
  properties: {},
  headers,
  exchange: 'usher.dead',
  routingKey: 'a.b',
  redelivered: false,
});

const death = { queue: 'q', exchange: 'usher.events', 'routing-keys': ['c.d'], reason: 'delivery_limit', count: 1 };
const told = {
  'x-usher-queue': 'p',
  'x-usher-exchange': 'usher.events',
  'x-usher-routing-key': 'e.f',
  'x-usher-reason': 'not-json',
  'x-usher-detail': 'the body is not JSON',
};
const unknown = { queue: null, exchange: 'usher.dead', routingKey: 'a.b', reason: 'unknown', detail: null };

describe('the trouble of a parked message', () => {
  it('is what the consumer says that parked it', () => {
    expect(troubleOfParked(message(told))).toEqual({
      queue: 'p',
      exchange: 'usher.events',
      routingKey: 'e.f',
      reason: 'not-json',
      detail: 'the body is not JSON',
    });
  });

  it('is what the broker says that gave up on it, whatever a producer has written on it', () => {
    expect(troubleOfParked(message({ ...told, 'x-death': [death, {}] }))).toMatchObject({
      queue: 'q',
      exchange: 'usher.events',
      routingKey: 'c.d',
      reason: 'delivery_limit',
    });
  });

  it.each([
    ['nothing', {}],
    ['half of it', { 'x-usher-queue': 'p' }],
    ['something else', { ...told, 'x-usher-reason': 7 }],
    ['no deaths', { 'x-death': 'often' }],
    ['a death without a place', { 'x-death': [{ ...death, queue: null }] }],
    ['a death without a key', { 'x-death': [{ ...death, 'routing-keys': [] }] }],
  ])('is unknown where its headers say %s', (_, headers) => {
    expect(troubleOfParked(message(headers))).toEqual(unknown);
  });
});

it('the trouble of an unrouted message is where it was published to', () => {
  expect(troubleOfUnrouted(message(told))).toMatchObject({ queue: null, exchange: 'usher.dead', routingKey: 'a.b' });
});
