import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { UsherError } from '#kernel';

/** A file while it arrives. */
export interface ArrivingFile {
  /** As its sender calls it, without folders. */
  name: string | undefined;
  content: Readable;
}

/** What a body has besides its file: boundaries and the headers of one part. */
const ENVELOPE_BYTES = 16 * 1024;

/**
 * Reads a multipart/form-data body (RFC 7578) of one file and nothing else, under whatever field name. `receive` gets the
 * file while it arrives, and is waited for whatever happens; its stream fails where the body does. Throws
 * `unsupported-media-type`, `malformed-request`, `validation-failed`, `payload-too-large`, and what `receive` throws;
 * the rest of the body is then unread.
 */
export async function readOneFile<T>(
  request: IncomingMessage,
  maxBytes: number,
  receive: (file: ArrivingFile) => Promise<T>,
): Promise<T> {
  const parser = parserOf(request.headers, maxBytes);
  if (Number(request.headers['content-length']) > maxBytes + ENVELOPE_BYTES) throw tooLarge(maxBytes);
  if (request.destroyed) throw cutOff();

  let content: Readable | undefined;
  let received: Promise<T> | undefined;
  let arrived = 0;
  const read = new Promise<void>((resolve, reject) => {
    parser.on('file', (_field, stream, name: string | undefined) => {
      content = stream;
      stream.on('error', (cause) => reject(malformed(cause)));
      stream.once('limit', () => reject(tooLarge(maxBytes)));
      received = receive({ name, content: stream });
      received.catch(reject);
    });
    parser.on('field', () => reject(notOneFile()));
    parser.on('partsLimit', () => reject(notOneFile()));
    parser.on('error', (cause) => reject(malformed(cause)));
    parser.on('finish', resolve);
    request.once('close', () => (request.complete ? undefined : reject(cutOff())));
    request.on('data', (chunk: Buffer) => {
      arrived += chunk.length;
      if (arrived > maxBytes + ENVELOPE_BYTES) reject(tooLarge(maxBytes));
    });
    request.pipe(parser);
  });
  try {
    await read;
    if (received === undefined) throw notOneFile();
    return await received;
  } catch (error) {
    request.unpipe(parser);
    content?.destroy(error as Error);
    await received?.catch(() => undefined);
    throw error;
  }
}

function parserOf(headers: IncomingHttpHeaders, maxBytes: number): BusboyInstance {
  const { 'content-type': type } = headers;
  if (type === undefined || !/^multipart\/form-data\b/i.test(type))
    throw new UsherError('unsupported-media-type', 'Send the file as multipart/form-data.');
  const limits = {
    parts: 1,
    files: 1,
    fields: 1,
    fieldSize: 1,
    fileSize: maxBytes,
    headerPairs: 20,
    headerSize: 8_192,
  };
  try {
    return new Busboy({ headers: headers as BusboyHeaders, limits });
  } catch (cause) {
    throw malformed(cause);
  }
}

const tooLarge = (maxBytes: number): UsherError =>
  new UsherError('payload-too-large', `A file may have ${maxBytes / 1024 / 1024} MiB.`);

const malformed = (cause: unknown): UsherError =>
  new UsherError('malformed-request', 'The body is not valid multipart/form-data.', { cause });

const cutOff = (): UsherError => new UsherError('malformed-request', 'The body ended before it was complete.');

const notOneFile = (): UsherError =>
  new UsherError('validation-failed', 'The body must hold one file and nothing else.', {
    errors: [{ pointer: '/file', message: 'must be one file, and the only part' }],
  });
