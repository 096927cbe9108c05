import type { Outcome } from '../../delivery/channels/channel.js';
import { describeStatus, retryAfterOf } from '../../delivery/channels/http/answers.js';
import type { HttpAnswer } from '../../delivery/channels/http/http-post.js';

const TOO_MANY_REQUESTS = 429;

/** What AdEventsX's answer means: only being too busy and failing are worth another try (requirements, "Resilience Strategy"). */
export function outcomeOf({ status, retryAfter: header }: HttpAnswer, now: Date): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  const failure = { stage: 'answer', status, error: describeStatus(status) } as const;
  if (status !== TOO_MANY_REQUESTS && status < 500) return { kind: 'permanent', ...failure };
  const retryAfter = retryAfterOf(header, now);
  return { kind: 'retryable', ...failure, ...(retryAfter === undefined ? {} : { retryAfter }) };
}
