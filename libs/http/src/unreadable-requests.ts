import type { Socket } from 'node:net';
import { UsherError } from '#kernel';
import { continueTrace } from '#observability';
import { PROBLEM_CONTENT_TYPE, toProblem } from './problems/problem.js';

const DETAILS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers are too large.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time.',
};

/** Answers what Node could not read as a request at all, on the bare connection, and closes it. */
export const refuseUnreadable =
  (publicUrl: string) =>
  (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) return;
    const detail = DETAILS[error.code ?? ''] ?? 'This is not an HTTP request.';
    const { traceId } = continueTrace();
    const problem = toProblem(new UsherError('malformed-request', detail), { publicUrl, instance: '', traceId });
    const body = JSON.stringify(problem);
    socket.end(
      [
        `HTTP/1.1 ${problem.status} Bad Request`,
        `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
        `Content-Length: ${Buffer.byteLength(body)}`,
        'Connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  };
