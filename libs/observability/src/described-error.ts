import { stdSerializers } from 'pino';

/** MongoDB ends what it says of a duplicate with the key itself, which may be somebody's address. */
const DUPLICATE_KEY = /\bdup key: \{.*/g;

const withoutKeys = (text: string): string => text.replace(DUPLICATE_KEY, 'dup key: { … }');

/**
 * What a log line says of an error: its type, words, stack and code, those of its causes, and nothing else that it
 * carries, for drivers attach the documents of a failed write to it. What is no error stays as it is.
 */
export function describeError(thrown: unknown): unknown {
  if (!isErrorLike(thrown)) return thrown;
  const { type, message, stack, aggregateErrors } = stdSerializers.err(thrown) as Serialized;
  const { code } = thrown as { code?: unknown };
  return {
    type,
    message: withoutKeys(message),
    stack: withoutKeys(stack),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(aggregateErrors === undefined ? {} : { errors: aggregateErrors.map((one) => withoutKeys(one.message)) }),
  };
}

/** What pino's types do not say: each of an AggregateError's. */
type Serialized = Pick<Error, 'message'> & { type: string; stack: string; aggregateErrors?: Pick<Error, 'message'>[] };

const isErrorLike = (thrown: unknown): thrown is Error =>
  typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string';
