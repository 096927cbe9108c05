import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
const TOKEN = /^([0-9a-f]{24})\.[A-Za-z0-9_-]{43}$/;

/** What manages an attendee without an account: `<attendee id>.<32 random bytes>`, so that it names whom it is for. */
export interface AttendeeToken {
  attendeeId: string;
  /** What is stored of it. With 256 random bits behind it there is nothing to guess, and a fast hash will do. */
  hash: string;
}

/** A new token in clear, to be told once. */
export const newAttendeeToken = (attendeeId: string): string =>
  `${attendeeId}.${randomBytes(SECRET_BYTES).toString('base64url')}`;

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** A token as a client sends it; undefined where it cannot be one. */
export function readAttendeeToken(token: string | undefined): AttendeeToken | undefined {
  const [, attendeeId] = TOKEN.exec(token ?? '') ?? [];
  return token === undefined || attendeeId === undefined ? undefined : { attendeeId, hash: hashOf(token) };
}

/** Whether two hashes are the same, in a time that does not tell how much of them is. */
export const sameHash = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
