import { createHash, randomBytes } from 'node:crypto';

const FAMILY_BYTES = 16;
const SECRET_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{64}$/;

/** An opaque refresh token: 256 random bits, behind 128 that are the same for every token since one login. */
export interface RefreshToken {
  token: string;
  /** What is stored of it. */
  hashes: { family: string; secret: string };
}

/** A first token, or the one to follow `earlier`. */
export function newRefreshToken(earlier?: RefreshToken): RefreshToken {
  const family = earlier === undefined ? randomBytes(FAMILY_BYTES) : familyOf(earlier.token);
  return toRefreshToken(Buffer.concat([family, randomBytes(SECRET_BYTES)]).toString('base64url'));
}

/** A token as a client sends it; undefined where it cannot be one. */
export const readRefreshToken = (token: string): RefreshToken | undefined =>
  TOKEN.test(token) ? toRefreshToken(token) : undefined;

function toRefreshToken(token: string): RefreshToken {
  const secret = Buffer.from(token, 'base64url').subarray(FAMILY_BYTES);
  return { token, hashes: { family: sha256(familyOf(token)), secret: sha256(secret) } };
}

const familyOf = (token: string): Buffer => Buffer.from(token, 'base64url').subarray(0, FAMILY_BYTES);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
