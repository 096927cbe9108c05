import { describe, expect, it } from '@jest/globals';
import { type Envelope, envelopeSchema } from '#contracts';
import type { LogEntry } from '#persistence';
import { toMessage } from './to-message.js';

const entry: LogEntry = {
  _id: '66f000000000000000000001',
  stream: 'user/66ef00000000000000000001',
  version: 1,
  type: 'usher.user.registered',
  subject: 'users/66ef00000000000000000001',
  data: { user: { id: '66ef00000000000000000001', username: 'ada' } },
  dataschema: '/v1/schemas/usher.user.registered/versions/1',
  time: new Date('2026-11-20T10:00:00.123Z'),
  actor: { id: '66ef00000000000000000001', username: 'ada' },
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  correlationid: 'request-7',
  causationid: null,
  position: null,
  published_at: null,
};

describe('a log entry on the bus', () => {
  const message = toMessage(entry, 1_842);
  const envelope = JSON.parse(message.content.toString()) as Envelope;

  it('is a CloudEvent of the contract', () => {
    expect(envelopeSchema.parse(envelope)).toEqual({
      specversion: '1.0',
      id: '66f000000000000000000001',
      source: '/event-service',
      type: 'usher.user.registered',
      subject: 'users/66ef00000000000000000001',
      time: '2026-11-20T10:00:00.123Z',
      datacontenttype: 'application/json',
      dataschema: '/v1/schemas/usher.user.registered/versions/1',
      sequence: '1842',
      correlationid: 'request-7',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      data: { user: { id: '66ef00000000000000000001', username: 'ada' } },
    });
  });

  it('says in its properties what routing and dedupe go by', () => {
    expect(message).toMatchObject({
      exchange: 'usher.events',
      routingKey: 'usher.user.registered',
      properties: {
        messageId: '66f000000000000000000001',
        type: 'usher.user.registered',
        contentType: 'application/cloudevents+json',
        headers: { traceparent: entry.traceparent, 'x-usher-attempt': 1 },
      },
    });
  });

  it('names its cause where it has one', () => {
    const caused = toMessage({ ...entry, causationid: '66f000000000000000000000' }, 1);
    expect(JSON.parse(caused.content.toString())).toHaveProperty('causationid', '66f000000000000000000000');
  });
});
