import { describe, expect, it } from '@jest/globals';
import { UsherError } from '#kernel';
import { completed, refuseOurOwn, toContent } from './bus-event.js';
import { toCloudEvent } from './cloud-event.js';
import { structuredEvent } from './http-binding.js';

const EVENT = { specversion: '1.0', id: '1', source: '/shop', type: 'com.acme.order.placed' };
const read = (more: object) => toCloudEvent(structuredEvent({ ...EVENT, ...more }, '/3'));

/** Where and how an event is wrong. */
function wrong(more: object): string[] {
  try {
    read(more);
    return [];
  } catch (error) {
    return error instanceof UsherError ? error.errors.map(({ pointer }) => pointer) : [String(error)];
  }
}

describe('an event', () => {
  it.each<[string, object]>([
    ['without data', {}],
    ['with data that are false, empty or null', { data: null }],
    ['with false', { data: false }],
    [
      'with extensions of every type',
      { text: 'x', flag: true, count: -7, long0extension1name2of3more4than5twenty: 'x' },
    ],
    [
      'with all of its attributes',
      { subject: 's', time: '2026-11-20T10:00:00+01:00', datacontenttype: 'text/plain', dataschema: '/v1/x' },
    ],
    ['with binary data', { data_base64: 'AP8=' }],
  ])('%s is taken as it is', (_, more) => expect(read(more)).toEqual({ ...EVENT, ...more }));

  it('does not have attributes that are null', () => {
    expect(read({ subject: null, tenant: null, data_base64: null })).toEqual(EVENT);
  });

  it.each<[string, object, string]>([
    ['id', { id: '' }, '/3/id'],
    ['id', { id: 'ä'.repeat(128) }, '/3/id'],
    ['id', { id: 7 }, '/3/id'],
    ['source', { source: 'no uri reference' }, '/3/source'],
    ['type', { type: 'x'.repeat(256) }, '/3/type'],
    ['type', { type: 'a\u0007b' }, '/3/type'],
    ['time', { time: 'yesterday' }, '/3/time'],
    ['specversion', { specversion: '0.3' }, '/3/specversion'],
    ['sequence', { sequence: 'first' }, '/3/sequence'],
    ['traceparent', { traceparent: 'x' }, '/3/traceparent'],
    ['position', { position: 7 }, '/3/position'],
    ['name', { 'My-Ext': 'x' }, '/3/My-Ext'],
    ['extension', { tenant: { name: 'acme' } }, '/3/tenant'],
    ['extension', { count: 2 ** 31 }, '/3/count'],
    ['data', { data: 1, data_base64: 'AP8=' }, '/3/data_base64'],
    ['data', { data_base64: '!' }, '/3/data_base64'],
  ])('with a wrong %s is refused: %j', (_, more, pointer) => expect(wrong(more)).toEqual([pointer]));
});

describe('what goes on the bus', () => {
  const chain = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, correlationid: 'c' };

  it('is tied to its request where the event is not tied to anything', () => {
    const own = { ...read({}), correlationid: 'mine', dataschema: 'https://acme.example/1' };
    expect(completed(read({}), chain, '/v1/schemas/a/versions/1')).toEqual({
      ...EVENT,
      ...chain,
      dataschema: '/v1/schemas/a/versions/1',
    });
    expect(completed(own, chain, '/v1/schemas/a/versions/1')).toEqual({ ...own, traceparent: chain.traceparent });
  });

  it('takes 64 KiB and not a byte more', () => {
    const room = 65_536 - toContent(read({ data: '' })).length;
    expect(toContent(read({ data: 'x'.repeat(room) }))).toHaveLength(65_536);
    expect(() => toContent(read({ data: 'x'.repeat(room + 1) }))).toThrow(
      expect.objectContaining({ code: 'payload-too-large' }),
    );
  });

  it.each([
    { type: 'usher.event.created' },
    { type: 'Usher.x' },
    { source: '/event-service' },
    { source: '/notification-service/a' },
  ])('is not what only Usher can say: %j', (more) =>
    expect(() => refuseOurOwn(read(more))).toThrow(expect.objectContaining({ code: 'forbidden' })),
  );

  it('may be called much like it', () => {
    for (const more of [{ type: 'usher' }, { type: 'com.usher.x' }, { source: '/event-services' }])
      expect(() => refuseOurOwn(read(more))).not.toThrow();
  });
});
