import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ENVELOPE_MAX_DEPTH, parseMessage } from './parse-message.js';

const type = 'com.acme.order.placed';
const envelope = { specversion: '1.0', id: '1', source: '/acme', type, data: { a: [1, { b: '[{"' }] } };
const bytes = (body: unknown): Buffer => Buffer.from(JSON.stringify(body));
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('parsing a message', () => {
  it('gives the envelope, unknown extensions included', () => {
    expect(parseMessage(bytes({ ...envelope, tenant: 'x' }), type)).toEqual({
      ok: true,
      envelope: { ...envelope, tenant: 'x' },
    });
  });

  it.each([
    ['empty', Buffer.alloc(0), type],
    ['too-large', bytes({ ...envelope, data: 'x'.repeat(65_536) }), type],
    ['type-missing', bytes(envelope), undefined],
    ['type-missing', bytes(envelope), ''],
    ['not-utf8', Buffer.concat([Buffer.from('"'), Buffer.from([0xff]), Buffer.from('"')]), type],
    ['not-json', Buffer.from('{"id":'), type],
    ['not-an-envelope', bytes({ ...envelope, specversion: '0.3' }), type],
    ['not-an-envelope', bytes([envelope]), type],
    ['type-mismatch', bytes(envelope), 'com.acme.other'],
    ['too-deep', Buffer.from('{"a":'.repeat(10_000)), type],
    ['too-deep', bytes({ ...envelope, data: nested(ENVELOPE_MAX_DEPTH) }), type],
  ])('refuses what is %s', (reason, content, property) => {
    expect(parseMessage(content, property)).toMatchObject({ ok: false, reason });
  });

  it('takes the deepest nesting that is allowed', () => {
    expect(parseMessage(bytes({ ...envelope, data: nested(ENVELOPE_MAX_DEPTH - 1) }), type).ok).toBe(true);
  });

  it('never throws, and takes any JSON as data that is small and flat enough', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 20 }), (data) => {
        const content = bytes({ ...envelope, data });
        const parsed = parseMessage(content, type);
        expect(parsed.ok && parsed.envelope.data).toEqual(JSON.parse(JSON.stringify(data)));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
        expect(parseMessage(Buffer.from(garbage), type).ok).toBe(false);
      }),
    );
  });
});
