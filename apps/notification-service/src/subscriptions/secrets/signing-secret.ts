import { randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const MIN_BYTES = 24;
const MAX_BYTES = 64;
const NEW_BYTES = 32;

/** A key to sign webhooks with, as Standard Webhooks writes it ("Signature scheme"). */
export const newSigningSecret = (): string => PREFIX + randomBytes(NEW_BYTES).toString('base64');

/** Whether it is `whsec_` and 24 to 64 bytes in base64. */
export function isSigningSecret(secret: string): boolean {
  if (!secret.startsWith(PREFIX)) return false;
  const encoded = secret.slice(PREFIX.length);
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES;
}
