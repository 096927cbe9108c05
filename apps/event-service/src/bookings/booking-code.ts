import { randomBytes } from 'node:crypto';

/** Crockford's Base32: no letter that could be read as a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;

/** A code to be shown at the door: 50 random bits, which nobody guesses. */
export const newBookingCode = (): string =>
  Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
