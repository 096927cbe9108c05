import { describe, expect, it } from '@jest/globals';
import { type RawMessage, redrivenMessage } from '#messaging';
import { arrivalOf } from './arrival.js';

const INTAKE = 'notification-service.intake.v1';

const parked = (given: Partial<RawMessage> = {}, reason = 'not-json'): RawMessage => ({
  content: Buffer.from('body'),
  properties: { messageId: 'm', type: 'a.b' },
  exchange: 'usher.dead',
  routingKey: 'a.b',
  redelivered: false,
  ...given,
  headers: {
    ...given.headers,
    'x-usher-queue': INTAKE,
    'x-usher-exchange': 'usher.events',
    'x-usher-routing-key': 'a.b',
    'x-usher-reason': reason,
    'x-usher-detail': 'why',
  },
});

const fingerprint = (message: RawMessage, kind: 'parked' | 'unrouted' = 'parked'): string =>
  arrivalOf(kind, message).fingerprint;

describe('an arrival', () => {
  it('says what its headers say, and what it is', () => {
    expect(arrivalOf('parked', parked())).toMatchObject({
      kind: 'parked',
      queue: INTAKE,
      exchange: 'usher.events',
      routing_key: 'a.b',
      reason: 'not-json',
      message_id: 'm',
      type: 'a.b',
      size: 4,
      redrive: null,
    });
  });

  it('is whatever it is, as JSON can say it', () => {
    let nested: unknown = 'deep';
    for (let level = 0; level < 5_000; level += 1) nested = { nested };
    const headers = {
      bytes: Buffer.from([0, 255]),
      nan: NaN,
      'a.$b\0': [null, { '!': 'timestamp', value: 1 }],
      nested,
    };
    const arrival = arrivalOf('unrouted', parked({ headers, properties: { type: 7, timestamp: 1 } }));
    expect(arrival).toMatchObject({ type: null, message_id: null, properties: { type: 7, timestamp: 1 } });
    expect(JSON.parse(JSON.stringify(arrival.headers))).toMatchObject({
      bytes: { base64: 'AP8=' },
      nan: 'NaN',
      'a.$b\0': [null, { '!': 'timestamp', value: 1 }],
    });
  });

  it('keeps only the beginning of what is too large', () => {
    const { content, size, whole } = arrivalOf('parked', parked({ content: Buffer.alloc(9 * 1024 * 1024, 1) }));
    expect([content.length, size, whole]).toEqual([65_536, 9 * 1024 * 1024, false]);
  });
});

describe('a fingerprint', () => {
  it('stays the same when a redrive comes back, for whatever reason', () => {
    const first = parked({ headers: { traceparent: '00-…', 'x-delivery-count': 2 } });
    const { properties, content } = redrivenMessage(
      first,
      { queue: INTAKE, exchange: '', routingKey: '' },
      { deadLetter: '66f000000000000000000000', number: 1 },
    );
    const { headers = {}, ...own } = properties;
    const back = parked({ content, properties: own, headers, routingKey: INTAKE }, 'rejected');
    expect(fingerprint(back)).toBe(fingerprint(first));
    expect(arrivalOf('parked', back).redrive).toEqual({ deadLetter: '66f000000000000000000000', number: 1 });
  });

  it.each([
    ['content', parked({ content: Buffer.from('other') }), 'parked'],
    ['identity', parked({ properties: { messageId: 'other', type: 'a.b' } }), 'parked'],
    ['header', parked({ headers: { tenant: 'other' } }), 'parked'],
    ['kind', parked(), 'unrouted'],
  ] as const)('is another for another %s', (_, other, kind) => {
    expect(fingerprint(other, kind)).not.toBe(fingerprint(parked()));
  });

  it('of an unrouted message is another for another routing key', () => {
    expect(fingerprint(parked({ routingKey: 'c.d' }), 'unrouted')).not.toBe(fingerprint(parked(), 'unrouted'));
  });
});
