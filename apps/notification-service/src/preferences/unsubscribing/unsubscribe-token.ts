import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { idSchema, notificationTypeSchema } from '#contracts';

const claimSchema = z.object({ id: idSchema, type: notificationTypeSchema });

/** Whose e-mails of which type a link is about; `id` is a user's, or that of an attendee who booked without an account. */
export type UnsubscribeClaim = z.infer<typeof claimSchema>;

/** `<id>~<type>~<HMAC-SHA-256 in base64url>`: all of it may stand in a URL as it is. It is good for ever. */
export const signClaim = ({ id, type }: UnsubscribeClaim, key: Buffer): string =>
  `${id}~${type}~${signature(id, type, key).toString('base64url')}`;

/** Undefined for anything that was not signed with `key`, or is of a type that there is not any more. */
export function readClaim(token: string, key: Buffer): UnsubscribeClaim | undefined {
  const [id = '', type = '', signed = '', ...rest] = token.split('~');
  const expected = signature(id, type, key);
  const given = Buffer.from(signed, 'base64url');
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return claimSchema.safeParse({ id, type }).data;
}

const signature = (id: string, type: string, key: Buffer): Buffer =>
  createHmac('sha256', key).update(`${id}~${type}`).digest();
