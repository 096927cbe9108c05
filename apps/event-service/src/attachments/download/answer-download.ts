import { basename, dirname } from 'node:path';
import send from '@fastify/send';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { UsherError } from '#kernel';
import type { Attachment } from '../attachment.js';
import { contentHeaders } from './content-headers.js';
import type { Whereabouts } from '../store/attachment-store.js';
import { storeUnavailable } from '../store/store-unavailable.js';

/** Should a browser show a file in spite of its disposition, nothing in it may run, load or talk to where it came from. */
const HARMLESS = { 'content-security-policy': "default-src 'none'; sandbox" };

/** Answers a download: with the file, or with where it is. */
export async function answerDownload(
  attachment: Attachment,
  place: Whereabouts,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<void> {
  if ('url' in place) {
    // The address is signed for minutes; this one, which redirects to it, is good for as long as the attachment.
    await reply.header('cache-control', 'no-store').redirect(place.url, 302);
    return;
  }
  const { statusCode, headers, stream } = await readFile(place.path, request);
  await reply
    .status(statusCode)
    .headers({ ...headers, ...HARMLESS, ...contentHeaders(attachment) })
    .send(stream);
}

/** The file, a range of it, or 304; revalidated each time, since an attachment may be gone any moment. */
async function readFile(path: string, request: FastifyRequest): Promise<send.FileSendResult> {
  const options = { root: dirname(path), index: false, contentType: false };
  const found = await send(request.raw, basename(path), options);
  // A range that the file does not have may be ignored like any other (RFC 9110, section 14.2).
  const result =
    found.statusCode === 416 ? await send(request.raw, basename(path), { ...options, acceptRanges: false }) : found;
  if (result.type === 'file') return result;
  if (result.statusCode === 412)
    throw new UsherError('precondition-failed', 'The file is not the one that was asked for.');
  throw result.statusCode === 404
    ? new UsherError('not-found', 'There is no such attachment.')
    : storeUnavailable(result.type === 'error' ? result.metadata.error : undefined);
}
