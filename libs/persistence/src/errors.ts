import { mongo } from 'mongoose';
import { UsherError } from '#kernel';

const DUPLICATE_KEY = 11_000;

/**
 * Codes by which a server says that it cannot now, for reasons of its own: not primary, shutting down, out of time, out of
 * reach of the others, out of disk space. Source: MongoDB's error_codes.yml.
 */
const SERVER_TROUBLE = new Set<unknown>([
  6, 7, 50, 64, 89, 91, 100, 133, 189, 202, 262, 9_001, 10_107, 11_600, 11_602, 13_388, 13_435, 13_436, 14_031,
]);

/** The names of the fields whose unique index refused a write; undefined for any other error. */
export function duplicateKeyFields(error: unknown): readonly string[] | undefined {
  if (!(error instanceof mongo.MongoServerError) || error.code !== DUPLICATE_KEY) return undefined;
  const pattern: unknown = error['keyPattern'];
  return typeof pattern === 'object' && pattern !== null ? Object.keys(pattern) : fieldsOfIndex(error.message);
}

/** A bulk write's error has only its words; an index is called `stream_1_version_1` unless it was given a name. */
function fieldsOfIndex(message: string): string[] {
  const [, index = ''] = /\bindex: (\S+) dup key:/.exec(message) ?? [];
  if (index === '_id_') return ['_id'];
  return index.split(/_-?1(?:_|$)/).filter((field) => field !== '');
}

/**
 * What MongoDB's errors mean to the rest of Usher: out of reach or lost a race is `unavailable` and retryable.
 * Anything else comes back as it was.
 */
export function fromMongoError(error: unknown): unknown {
  if (!(error instanceof mongo.MongoError)) return error;
  const passing =
    error instanceof mongo.MongoNetworkError ||
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoOperationTimeoutError ||
    error instanceof mongo.MongoNotConnectedError ||
    error instanceof mongo.MongoTopologyClosedError ||
    error.hasErrorLabel(mongo.MongoErrorLabel.TransientTransactionError) ||
    error.hasErrorLabel(mongo.MongoErrorLabel.RetryableWriteError) ||
    (error instanceof mongo.MongoServerError && SERVER_TROUBLE.has(error.code));
  if (!passing) return error;
  return new UsherError('unavailable', 'The database does not answer at the moment.', {
    retryable: true,
    retryAfter: 2,
    cause: error,
  });
}
