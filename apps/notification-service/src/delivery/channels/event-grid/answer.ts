import type { Outcome } from '../channel.js';
import { describeStatus, retryAfterOf } from '../http/answers.js';
import type { HttpAnswer } from '../http/http-post.js';

const GONE = 410;
/**
 * Answers that another attempt would get again: a bad event, a bad key, a topic that is not there, an event that is too
 * large. Source: "Publish events to Azure Event Grid custom topics using access keys", its table of responses.
 */
const FINAL = new Set([400, 401, 403, 404, 413]);

/** What Event Grid's answer means. */
export function outcomeOf({ status, retryAfter: header }: HttpAnswer, now: Date): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  const failure = { stage: 'answer', status, error: describeStatus(status) } as const;
  if (status === GONE) return { kind: 'gone', ...failure };
  if (FINAL.has(status)) return { kind: 'permanent', ...failure };
  const retryAfter = retryAfterOf(header, now);
  return { kind: 'retryable', ...failure, ...(retryAfter === undefined ? {} : { retryAfter }) };
}
