import { type ErrorCode, UsherError } from '#kernel';

interface Failing {
  code: ErrorCode;
  /** What is said of it to whoever asked; nothing of addresses or of the partner's own words. */
  detail: string;
  /** Whether it is the partner that is not well, and not the request that was bad: what the breaker counts. */
  counts: boolean;
}

/** The ways in which a call to the partner fails. Whoever writes needs to know whether the write may have taken effect. */
export const FAILURES = {
  /** There was no connection, so nothing was sent. */
  unreachable: { code: 'partner-unavailable', detail: 'The partner system cannot be reached.', counts: true },
  /** 503 and 429: it did nothing, and says so. */
  busy: { code: 'partner-unavailable', detail: 'The partner system is too busy.', counts: true },
  /** Any other 5xx, or a connection that broke. */
  failed: { code: 'partner-failed', detail: 'The partner system failed.', counts: true },
  late: { code: 'partner-timeout', detail: 'The partner system did not answer in time.', counts: true },
  /** Called a success or a redirect, and no answer to what was asked. */
  nonsense: { code: 'partner-invalid-answer', detail: 'The partner system answered with nonsense.', counts: true },
  /** It looked at the request and wants none of it. */
  refused: { code: 'partner-refused', detail: 'The partner system refused the request.', counts: false },
  /** Any other 4xx: it does not know what we ask for, which is our fault and nothing that the client can mend. */
  misunderstood: {
    code: 'partner-invalid-answer',
    detail: 'The partner system did not understand the request.',
    counts: false,
  },
} as const satisfies Record<string, Failing>;
export type FailureKind = keyof typeof FAILURES;

/** A call to the partner that failed. */
export class PartnerFailure extends Error {
  /** What the partner answered with, where it answered. */
  readonly status: number | undefined;
  /** Seconds after which the partner wants to be asked again. */
  readonly retryAfter: number | undefined;
  /** Why it refused, in its own words. */
  readonly words: string | undefined;

  constructor(
    readonly kind: FailureKind,
    about: { status?: number; retryAfter?: number | undefined; words?: string | undefined; cause?: unknown } = {},
  ) {
    super(FAILURES[kind].detail, about.cause === undefined ? undefined : { cause: about.cause });
    this.name = 'PartnerFailure';
    this.status = about.status;
    this.retryAfter = about.retryAfter;
    this.words = about.words;
  }
}

/** Whether the partner is not well: what the breaker counts. */
export const isOfPartner = (error: unknown): boolean => error instanceof PartnerFailure && FAILURES[error.kind].counts;

/** What a status means; undefined for success. `refusals` are those by which this endpoint refuses what was asked. */
export function failureOfStatus(status: number, refusals: readonly number[]): FailureKind | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (refusals.includes(status)) return 'refused';
  if (status === 429 || status === 503) return 'busy';
  if (status === 408 || status >= 500) return 'failed';
  return status >= 400 ? 'misunderstood' : 'nonsense';
}

/** Where the partner does not say when to come back. */
const RETRY_AFTER_SECONDS = 5;
const MAX_RETRY_AFTER_SECONDS = 3_600;

/** `Retry-After` in seconds, as a number or as a date; undefined where it is neither (RFC 9110, section 10.2.3). */
export function secondsOf(retryAfter: string | string[] | undefined, now: Date): number | undefined {
  if (typeof retryAfter !== 'string') return undefined;
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : Math.ceil((Date.parse(retryAfter) - now.getTime()) / 1_000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 1), MAX_RETRY_AFTER_SECONDS);
}

/** What a failed call is to whoever asked for it. */
export function toProblem(failure: PartnerFailure): UsherError {
  const { code, detail, counts } = FAILURES[failure.kind];
  const retryAfter = code === 'partner-unavailable' ? (failure.retryAfter ?? RETRY_AFTER_SECONDS) : failure.retryAfter;
  return new UsherError(code, failure.words === undefined ? detail : `${detail} It says: ${failure.words}`, {
    retryable: counts,
    cause: failure,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** What whoever wants to write is told while the breaker holds writes back until `until`. */
export const heldBack = (until: Date, now: Date): UsherError =>
  new UsherError(
    'partner-unavailable',
    'The partner system has failed repeatedly; nothing is written to it until it is well.',
    { retryable: true, retryAfter: Math.max(1, (until.getTime() - now.getTime()) / 1_000) },
  );
