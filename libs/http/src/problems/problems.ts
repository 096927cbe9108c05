import type { ErrorCode } from '#kernel';

interface ProblemType {
  status: number;
  title: string;
  /** For `GET /problems/<code>`: what it means and what to do about it. */
  explanation: string;
}

/** What each error code is over HTTP. Statuses and codes are part of the contract. */
export const PROBLEMS: Record<ErrorCode, ProblemType> = {
  'validation-failed': {
    status: 400,
    title: 'The input is not valid',
    explanation:
      'Something in the request is missing, malformed or unknown. `errors` names each place by a JSON Pointer (RFC 6901): `/start_time` is a member of the body, `/query/limit` a query parameter, `/header/If-Match` a header.',
  },
  'malformed-request': {
    status: 400,
    title: 'The request cannot be read',
    explanation: 'The body is no valid JSON in UTF-8, or the request line or a header is malformed.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is of a type that is not taken here',
    explanation: 'Send JSON with `Content-Type: application/json`, unless the route says otherwise.',
  },
  'not-acceptable': {
    status: 406,
    title: 'There is no such form of the answer',
    explanation: '`Accept` names none of the media types that the route answers in; `detail` lists them.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    explanation: 'Bodies are taken up to 256 KiB, unless the route says otherwise.',
  },
  unauthenticated: {
    status: 401,
    title: 'Not signed in',
    explanation: 'This needs an access token: sign in at POST /v1/auth/login and send `Authorization: Bearer <token>`.',
  },
  'invalid-credentials': {
    status: 401,
    title: 'The credentials are not right',
    explanation:
      'No account has this name or address together with this password, or no service client this id and secret; which of them is wrong is not told.',
  },
  'invalid-token': {
    status: 401,
    title: 'The token is not valid',
    explanation: 'The token is malformed, expired, revoked or from elsewhere. Refresh it, or sign in again.',
  },
  'unsupported-grant-type': {
    status: 400,
    title: 'There is no such grant',
    explanation:
      'POST /v1/auth/token knows `grant_type: "client_credentials"` only; people sign in at POST /v1/auth/login.',
  },
  'invalid-scope': {
    status: 400,
    title: 'The client does not have the scope',
    explanation:
      'A token can be good for the scopes that an admin gave the service client, and `scope` names another. Leave it out to ask for all of them.',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    explanation: 'The caller is known, but may not do this.',
  },
  'insufficient-scope': {
    status: 403,
    title: 'The token lacks a scope',
    explanation:
      'The service client is known, but its token has not the scope that this needs, which `WWW-Authenticate` names. Ask for it at POST /v1/auth/token; an admin gives clients their scopes.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    explanation: 'There is nothing here, or nothing that the caller may see.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    explanation: 'The `Allow` header lists the methods that are.',
  },
  'email-taken': {
    status: 409,
    title: 'The e-mail address is taken',
    explanation: 'An account with this address exists already. Case makes no difference.',
  },
  'username-taken': {
    status: 409,
    title: 'The username is taken',
    explanation: 'An account with this username exists already. Case makes no difference.',
  },
  'capacity-below-booked': {
    status: 409,
    title: 'The capacity is below what is booked',
    explanation: '`max_attendees` cannot be lowered below the number of seats already booked.',
  },
  'event-not-scheduled': {
    status: 409,
    title: 'The event is not scheduled any more',
    explanation: 'A canceled or completed event stays as it is.',
  },
  'event-full': {
    status: 409,
    title: 'Not enough seats are left',
    explanation:
      'The event has fewer free seats than asked for, or what is free is kept for those who wait. Ask for fewer, or repeat with `waitlist: true`.',
  },
  'already-booked': {
    status: 409,
    title: 'There is a booking already',
    explanation:
      'The attendee, or somebody with the same e-mail address, has a live booking for this event. Cancel that one first.',
  },
  'event-not-bookable': {
    status: 422,
    title: 'The event cannot be booked',
    explanation: 'It is canceled or completed, or it has begun.',
  },
  'already-checked-in': {
    status: 409,
    title: 'The booking is checked in already',
    explanation: 'A booking is checked in once, and cannot be canceled after that.',
  },
  'booking-not-confirmed': {
    status: 409,
    title: 'The booking is not confirmed',
    explanation: 'Only a confirmed booking can be checked in; this one waits or is canceled.',
  },
  'partner-unavailable': {
    status: 503,
    title: 'The partner system is not available',
    explanation:
      'It cannot be reached or is too busy, or it has failed repeatedly and is left alone for a while. Nothing took effect there: repeat the request after `Retry-After` seconds.',
  },
  'partner-failed': {
    status: 502,
    title: 'The partner system failed',
    explanation:
      'It answered with an error, or broke the connection. Whether the request took effect there is not known: repeat it with its idempotency key.',
  },
  'partner-invalid-answer': {
    status: 502,
    title: 'The partner system’s answer makes no sense',
    explanation:
      'What it sent is no answer to what it was asked. Whether the request took effect there is not known: repeat it with its idempotency key.',
  },
  'partner-timeout': {
    status: 504,
    title: 'The partner system took too long',
    explanation:
      'It did not answer in time. Whether the request took effect there is not known: repeat it with its idempotency key.',
  },
  'partner-refused': {
    status: 422,
    title: 'The partner system refused the request',
    explanation: '`detail` says why, as far as the partner does. The same request would be refused again.',
  },
  'schema-mismatch': {
    status: 422,
    title: 'The data do not fit the schema of their type',
    explanation:
      'The type of the event has a schema, by which its `data` are not valid; `errors` names each place. GET /v1/schemas lists the schemas.',
  },
  'schema-incompatible': {
    status: 409,
    title: 'The schema is not compatible with the one before',
    explanation:
      'Some data would be valid by one version and not by the other, or that cannot be ruled out; `errors` names each place in the new schema. Change it, or register it with another `compatibility`.',
  },
  'template-invalid': {
    status: 422,
    title: 'The template cannot be used',
    explanation:
      'It shows something that nobody knows, is no valid Handlebars or MJML, or puts what others write where it could do more than be read; `errors` names each place by part, line and column.',
  },
  conflict: {
    status: 409,
    title: 'In conflict with the present state',
    explanation: 'The present state of the resource does not allow this. Read it again and decide anew.',
  },
  'precondition-failed': {
    status: 412,
    title: 'The precondition does not hold',
    explanation: 'The resource has changed since the version in `If-Match`. Read it again and repeat the change.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The idempotency key belongs to another request',
    explanation: 'The same `Idempotency-Key` came before with another route or body. Use a new key for a new request.',
  },
  'idempotency-in-flight': {
    status: 409,
    title: 'The first request with this idempotency key is still running',
    explanation: 'Repeat the request after `Retry-After` seconds to get the answer of the first.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    explanation: 'Wait `Retry-After` seconds. `RateLimit-Policy` tells the limits, `RateLimit` what is left of them.',
  },
  unavailable: {
    status: 503,
    title: 'Not available at the moment',
    explanation: 'Something that this needs does not answer. Repeat the request after a while.',
  },
  timeout: {
    status: 504,
    title: 'It took too long',
    explanation:
      'No answer came in time. Whether the request took effect is not known: repeat it with its idempotency key.',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong here',
    explanation: 'A fault of the service, which has been logged. Quote `trace_id` when reporting it.',
  },
};
