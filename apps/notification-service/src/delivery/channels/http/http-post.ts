import { type Dispatcher, request } from 'undici';
import { AddressRefused } from '../../../outbound/guarded-agent.js';
import type { Outcome } from '../channel.js';

/** What of an answer is read; whoever sends more is cut off. Its status has been seen by then. */
const ANSWER_BYTES = 65_536;

export interface HttpPost {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** What a receiver answers, as far as anybody looks at it. */
export interface HttpAnswer {
  status: number;
  /** The header, as it came. */
  retryAfter: string | undefined;
}

/**
 * Sends one request by `dispatcher`, without following redirects, and has `judge` say what the answer means. Never throws for
 * what the receiver or the network does; what breaks before there is a whole answer may work later.
 */
export async function post(
  { url, headers, body }: HttpPost,
  {
    dispatcher,
    signal,
    judge,
  }: { dispatcher: Dispatcher; signal: AbortSignal; judge: (answer: HttpAnswer) => Outcome },
): Promise<Outcome> {
  try {
    const response = await request(url, { method: 'POST', headers, body, dispatcher, signal });
    await drain(response.body);
    const retryAfter = response.headers['retry-after'];
    return judge({
      status: response.statusCode,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    });
  } catch (error) {
    return failureOf(error, signal);
  }
}

/** To its end, so that the connection can be used again, or as far as anybody should have to listen. */
async function drain(body: AsyncIterable<Buffer>): Promise<void> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop destroys the body, and its connection with it.
    if (bytes > ANSWER_BYTES) return;
  }
}

/** What it means that there is no whole answer. */
export function failureOf(error: unknown, signal: AbortSignal): Outcome {
  if (error instanceof AddressRefused) return { kind: 'permanent', stage: 'address', error: `${error.message}.` };
  if (signal.aborted) return { kind: 'retryable', stage: 'timeout', error: 'The receiver took too long.' };
  const stage = isBeforeSending(error) ? 'connect' : 'answer';
  return { kind: 'retryable', stage, error: describe(error) };
}

const CONNECT_FAILURES = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The code that Node or undici gives an error. */
const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const isBeforeSending = (error: unknown): boolean => CONNECT_FAILURES.has(codeOf(error) ?? '');

/** By its code: the words of a network error hold addresses that the subscriber may have no business to learn. */
const describe = (error: unknown): string => `The request failed: ${codeOf(error) ?? 'no valid answer'}.`;
