import { z } from 'zod';

const MAX_PASSWORD_BYTES = 72;
const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');

export const emailSchema = z.email('must be an e-mail address').max(254);

/**
 * A new password, in Unicode's composed form, so that the same characters typed on another keyboard are the same bytes.
 * bcrypt looks at 72 bytes; what is longer is refused rather than cut.
 */
export const passwordSchema = z
  .string()
  .max(1_024)
  .transform((password) => password.normalize('NFC'))
  .pipe(
    z
      .string()
      .refine((password) => [...password].length >= 8, 'must have at least 8 characters')
      .refine(
        (password) => bytesOf(password) <= MAX_PASSWORD_BYTES,
        `must have at most ${MAX_PASSWORD_BYTES} bytes in UTF-8`,
      )
      .regex(/\p{Lu}/u, 'must contain an upper-case letter')
      .regex(/\p{Nd}/u, 'must contain a digit')
      .regex(/[^\p{L}\p{N}\s]/u, 'must contain a special character'),
  )
  .meta({
    openapi: {
      type: 'string',
      format: 'password',
      minLength: 8,
      description: 'At most 72 bytes in UTF-8, with an upper-case letter, a digit and a special character',
    },
  });

/** A password that somebody claims to know: compared, not judged. */
export const knownPasswordSchema = z
  .string()
  .min(1)
  .max(1_024)
  .transform((password) => password.normalize('NFC'))
  .meta({ openapi: { type: 'string', format: 'password' } });

/** Whether bcrypt would see all of it; a longer one is nobody's. */
export const fitsBcrypt = (password: string): boolean => bytesOf(password) <= MAX_PASSWORD_BYTES;
