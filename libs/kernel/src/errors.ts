/**
 * Every error that a client, an operator or another service can tell apart. `libs/http` turns a code into a problem
 * document and `libs/messaging` into ack, retry or park; neither status codes nor broker terms are known here.
 */
export const ERROR_CODES = [
  'validation-failed',
  'malformed-request',
  'unsupported-media-type',
  'not-acceptable',
  'payload-too-large',
  'unauthenticated',
  'invalid-credentials',
  'invalid-token',
  'unsupported-grant-type',
  'invalid-scope',
  'forbidden',
  'insufficient-scope',
  'not-found',
  'method-not-allowed',
  'email-taken',
  'username-taken',
  'capacity-below-booked',
  'event-not-scheduled',
  'event-full',
  'already-booked',
  'event-not-bookable',
  'already-checked-in',
  'booking-not-confirmed',
  'partner-unavailable',
  'partner-failed',
  'partner-invalid-answer',
  'partner-timeout',
  'partner-refused',
  'schema-mismatch',
  'schema-incompatible',
  'template-invalid',
  'conflict',
  'precondition-failed',
  'idempotency-key-reused',
  'idempotency-in-flight',
  'rate-limited',
  'unavailable',
  'timeout',
  'internal-error',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One thing wrong with the input; `pointer` is an RFC 6901 JSON Pointer into the body, or `/query/<name>` and the like. */
export interface FieldError {
  pointer: string;
  message: string;
}

export interface UsherErrorOptions {
  /** Whether the same attempt may succeed later, unchanged. */
  retryable?: boolean;
  errors?: readonly FieldError[];
  /** Seconds to wait before another attempt makes sense. */
  retryAfter?: number;
  cause?: unknown;
}

/** The one error that is thrown on purpose: a stable code, a sentence for people, and whether a retry can help. */
export class UsherError extends Error {
  readonly retryable: boolean;
  readonly errors: readonly FieldError[];
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    options: UsherErrorOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UsherError';
    this.retryable = options.retryable ?? false;
    this.errors = options.errors ?? [];
    this.retryAfter = options.retryAfter;
  }
}
