import { UsherError } from '#kernel';

/** Why there is no answer: no connection, none in time, a failure, too much to do, a refusal, nonsense, or not asked at all. */
export type AwayKind = 'unreachable' | 'late' | 'failed' | 'busy' | 'refused' | 'nonsense' | 'held-back';

/** event-service did not say what it was asked for; it may later. */
export class EventServiceAway extends UsherError {
  constructor(
    readonly kind: AwayKind,
    { retryAfter, cause }: { retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super('unavailable', `event-service has no answer at the moment (${kind}).`, {
      retryable: true,
      cause,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
    this.name = 'EventServiceAway';
  }
}

/** By a status that is neither a success nor expected. */
export function awayByStatus(status: number, retryAfter: string | string[] | undefined): EventServiceAway {
  const seconds = typeof retryAfter === 'string' && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  const cause = new Error(`It answered ${status}.`);
  return new EventServiceAway(kindOf(status), { retryAfter: seconds, cause });
}

function kindOf(status: number): AwayKind {
  if (status === 429 || status === 503) return 'busy';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'nonsense';
}

const UNSENT = new Set<unknown>(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/** By what a call threw, and by the signal that could end it. */
export function awayBy(thrown: unknown, signal: AbortSignal): EventServiceAway {
  if (thrown instanceof EventServiceAway) return thrown;
  if (signal.aborted) return new EventServiceAway('late', { cause: thrown });
  const { code } = thrown as { code?: unknown };
  return new EventServiceAway(UNSENT.has(code) ? 'unreachable' : 'failed', { cause: thrown });
}
