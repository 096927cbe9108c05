import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What scanners for leaked secrets know ours by. */
const PREFIX = 'usher_cs_';
const SECRET_BYTES = 32;
/** As long as any other hash, and that of nothing. */
const NO_HASH = '0'.repeat(64);

/** A new secret in clear, to be told once: 256 random bits. */
export const newClientSecret = (): string => `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;

/** What is stored of a secret. There is nothing to guess behind a hash of 256 random bits, so that a fast one will do. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/**
 * Whether this is the secret that the hash is of, in a time that tells neither how much of it is right nor whether there is
 * a hash at all.
 */
export const isSecretOf = (secret: string, hash: string = NO_HASH): boolean =>
  timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(hash));
