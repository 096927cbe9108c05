import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ArrivingFile, readOneFile } from './one-file-body.js';

const LIMIT = 2 * 1024 * 1024;
const BOUNDARY = '--boundary';
const CONTENT_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

const part = (disposition: string, content: Buffer | string): Buffer =>
  Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
const file = (content: Buffer | string, name = 'a.png'): Buffer => part(`name="file"; filename="${name}"`, content);
const form = (...parts: Buffer[]): Buffer => Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);

/** A request whose body comes in those chunks; one that is cut off never ends. */
function requestOf(chunks: Buffer[], { type = CONTENT_TYPE, cutOff = false, length = '' } = {}): IncomingMessage {
  const stream = new PassThrough();
  const headers = { 'content-type': type, ...(length === '' ? {} : { 'content-length': length }) };
  for (const chunk of chunks) stream.write(chunk);
  if (cutOff) setImmediate(() => stream.destroy());
  else stream.end();
  return Object.assign(stream, { headers, complete: !cutOff }) as unknown as IncomingMessage;
}

const whole = async ({ name, content }: ArrivingFile) => ({ name, content: await buffer(content) });
const read = (body: Buffer, options?: Parameters<typeof requestOf>[1]) =>
  readOneFile(requestOf([body], options), LIMIT, whole);

describe('a body of one file', () => {
  it('hands the file over with its name', async () => {
    expect(await read(form(file('Hello')))).toEqual({ name: 'a.png', content: Buffer.from('Hello') });
  });

  it('whatever its field is called', async () => {
    const { content } = await read(form(part('name="attachment"; filename="a.png"', 'Hello')));
    expect(content.toString()).toBe('Hello');
  });

  it('whatever way it comes in pieces', async () => {
    const content = fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(content, fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), async (given, sizes) => {
        const body = form(file(given));
        const chunks: Buffer[] = [];
        for (let at = 0, n = 0; at < body.length; n += 1) {
          const size = sizes[n % sizes.length] ?? 1;
          chunks.push(body.subarray(at, at + size));
          at += size;
        }
        const { content: received } = await readOneFile(requestOf(chunks), LIMIT, whole);
        expect(received.equals(given)).toBe(true);
      }),
    );
  });

  it('of exactly the limit is taken', async () => {
    const { content } = await read(form(file(Buffer.alloc(LIMIT))));
    expect(content).toHaveLength(LIMIT);
  });
});

describe('is refused', () => {
  const field = part('name="title"', 'Flyer');
  it.each<[string, string, () => Promise<unknown>]>([
    ['one byte too many', 'payload-too-large', () => read(form(file(Buffer.alloc(LIMIT + 1))))],
    ['a length that is too large', 'payload-too-large', () => read(form(file('x')), { length: '99999999' })],
    ['an endless preamble', 'payload-too-large', () => read(Buffer.alloc(LIMIT + 20_000, 'x'))],
    [
      'an endless epilogue',
      'payload-too-large',
      () => read(Buffer.concat([form(file('x')), Buffer.alloc(LIMIT + 20_000)])),
    ],
    ['a field', 'validation-failed', () => read(form(field))],
    ['a field before the file', 'validation-failed', () => read(form(field, file('x')))],
    ['a field after the file', 'validation-failed', () => read(form(file('x'), field))],
    ['a second file', 'validation-failed', () => read(form(file('x'), file('y')))],
    ['a form without parts', 'validation-failed', () => read(form())],
    ['an empty body', 'malformed-request', () => read(Buffer.alloc(0))],
    ['what is no form', 'malformed-request', () => read(Buffer.from('{"title":"Flyer"}'))],
    ['a type without a boundary', 'malformed-request', () => read(form(file('x')), { type: 'multipart/form-data' })],
    ['another type', 'unsupported-media-type', () => read(form(file('x')), { type: 'application/json' })],
    ['a connection that breaks', 'malformed-request', () => read(file('x'), { cutOff: true })],
  ])('%s', async (_, code, reading) => {
    await expect(reading()).rejects.toMatchObject({ code });
  });

  it('a body that ends anywhere before its end', async () => {
    const body = form(file('Hello'));
    // Its last line break says nothing.
    const whereItEnds = fc.integer({ min: 0, max: body.length - 3 });
    await fc.assert(
      fc.asyncProperty(whereItEnds, async (end) => {
        await expect(read(body.subarray(0, end))).rejects.toMatchObject({ code: 'malformed-request' });
      }),
    );
  });
});

describe('whoever receives the file', () => {
  const refused = form(file('Hello'), file('again'));

  it('sees its stream fail', async () => {
    let stream: Readable | undefined;
    const reading = readOneFile(requestOf([file('Hello')], { cutOff: true }), LIMIT, async ({ content }) => {
      stream = content;
      await buffer(content);
    });
    await expect(reading).rejects.toMatchObject({ code: 'malformed-request' });
    expect(stream?.destroyed).toBe(true);
  });

  it('is waited for before the refusal', async () => {
    let cleanedUp = false;
    const reading = readOneFile(requestOf([refused]), LIMIT, async ({ content }) => {
      await buffer(content).catch(() => undefined);
      await new Promise(setImmediate);
      cleanedUp = true;
    });
    await expect(reading).rejects.toMatchObject({ code: 'validation-failed' });
    expect(cleanedUp).toBe(true);
  });

  it('may fail', async () => {
    const reading = readOneFile(requestOf([form(file('Hello'))]), LIMIT, () => Promise.reject(new Error('disk full')));
    await expect(reading).rejects.toThrow('disk full');
  });
});
