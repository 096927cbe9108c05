import { createHash, hkdfSync } from 'node:crypto';

/** What is used where no key is set, which production does not allow: it keeps nothing secret. */
const DEVELOPMENT_KEY = createHash('sha256').update('usher development').digest('base64');

/**
 * 32 bytes for one purpose, from the one key that is configured (HKDF-SHA-256, RFC 5869).
 *
 * @param encryptionKey 32 bytes in base64: the setting ENCRYPTION_KEY.
 */
export const derivedKey = (encryptionKey = DEVELOPMENT_KEY, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', Buffer.from(encryptionKey, 'base64'), '', purpose, 32));
