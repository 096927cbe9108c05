import type { Outcome } from '../channel.js';
import { describeStatus, retryAfterOf } from '../http/answers.js';
import type { HttpAnswer } from '../http/http-post.js';

const GONE = 410;
/** Where `Retry-After` means something (RFC 6585, section 4; RFC 9110, section 15.6.4). */
const ASKS_TO_WAIT = new Set([429, 503]);

/** What an HTTP answer says of an attempt. */
export function outcomeOf({ status, retryAfter: header }: HttpAnswer, now: Date): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  if (status === GONE)
    return { kind: 'gone', stage: 'answer', status, error: 'The receiver answered 410: it wants nothing any more.' };
  const retryAfter = ASKS_TO_WAIT.has(status) ? retryAfterOf(header, now) : undefined;
  const failure = { stage: 'answer', status, error: describeStatus(status) } as const;
  return { kind: 'retryable', ...failure, ...(retryAfter === undefined ? {} : { retryAfter }) };
}
