import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeHeaderValue, readEventRequest } from './http-binding.js';

/** As the HTTP binding has producers do it (section 3.1.3.2): everything but printable ASCII, and what means something. */
const encode = (value: string): string =>
  [...value].map((char) => (/^[\x21\x23\x24\x26-\x7e]$/.test(char) ? char : percent(char))).join('');
const percent = (char: string): string =>
  [...Buffer.from(char)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');

describe('the value of a header', () => {
  it.each([
    ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['"a \\"quoted\\" %E2%82%AC"', 'a "quoted" €'],
    ['100% sure', '100% sure'],
    ['%2525', '%25'],
    ['a"b', 'a"b'],
  ])('%s is %s', (header, value) => expect(decodeHeaderValue(header)).toBe(value));

  it('is whatever a producer encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        fc.pre(value.isWellFormed());
        expect(decodeHeaderValue(encode(value))).toBe(value);
      }),
    );
  });

  it.each(['%ff', 'Zürich', '%C3'])('cannot be %s', (header) => expect(() => decodeHeaderValue(header)).toThrow());
});

describe('a request', () => {
  const headers = { 'ce-id': '1', 'ce-type': 'a', host: 'x', 'content-type': 'application/json; charset=utf-8' };

  it('in binary mode has its attributes in headers, whatever they are called', () => {
    expect(readEventRequest({ headers: { ...headers, 'ce-tenant': 'acme' }, body: false })).toMatchObject({
      mode: 'single',
      event: {
        attributes: { id: '1', type: 'a', tenant: 'acme', datacontenttype: 'application/json; charset=utf-8' },
        data: false,
      },
    });
  });

  it('keeps data apart that are not there from those that are null, and bytes from both', () => {
    const read = (body: unknown) => {
      const reading = readEventRequest({ headers, body });
      return reading.mode === 'single' ? reading.event : undefined;
    };
    expect(read(undefined)).not.toHaveProperty('data');
    expect(read(null)).toHaveProperty('data', null);
    expect(read(Buffer.from([255]))).toMatchObject({ data_base64: '/w==' });
  });

  it.each(['ce-data', 'ce-datacontenttype', 'ce-data_base64'])('does not say in %s what its body says', (name) =>
    expect(() => readEventRequest({ headers: { ...headers, [name]: 'x' }, body: {} })).toThrow('not valid'),
  );

  it('is told by its media type, in whatever case and with whatever parameters', () => {
    const mode = (type: string, body: unknown) => readEventRequest({ headers: { 'content-type': type }, body }).mode;
    expect(mode('Application/CloudEvents-Batch+JSON; charset=utf-8', [])).toBe('batch');
    expect(mode('application/cloudevents+json;charset=utf-8', {})).toBe('single');
    for (const type of ['application/cloudevents+xml', 'application/cloudevents-batch+xml', 'application/cloudevents'])
      expect(() => mode(type, {})).toThrow(expect.objectContaining({ code: 'unsupported-media-type' }));
  });
});
