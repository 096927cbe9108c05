import { UsherError } from '#kernel';

/** What a disk's or S3's own troubles mean to the rest of Usher. */
export const storeUnavailable = (cause: unknown): UsherError =>
  new UsherError('unavailable', 'Files cannot be stored or read at the moment.', {
    retryable: true,
    retryAfter: 5,
    cause,
  });
