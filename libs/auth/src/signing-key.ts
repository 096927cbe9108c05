import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { KeySource } from './key-source.js';

const MIN_RSA_BITS = 2048;

/** The key pair that signs access tokens; its `kid` is the RFC 7638 thumbprint of the public half. */
export class SigningKey implements KeySource {
  private constructor(
    readonly kid: string,
    readonly privateKey: KeyObject,
    private readonly publicKey: KeyObject,
    private readonly publicJwk: JWK,
  ) {}

  /** From a PEM (PKCS #8 or PKCS #1). Throws where it is no private RSA key of 2048 bits or more. */
  static async fromPem(pem: string): Promise<SigningKey> {
    const privateKey = createPrivateKey(pem);
    const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
    if (privateKey.asymmetricKeyType !== 'rsa' || bits < MIN_RSA_BITS)
      throw new Error(`must be an RSA key of at least ${MIN_RSA_BITS} bits`);
    const publicKey = createPublicKey(privateKey);
    const { n, e } = publicKey.export({ format: 'jwk' });
    const jwk: JWK = { kty: 'RSA', n: n ?? '', e: e ?? '' };
    const kid = await calculateJwkThumbprint(jwk);
    return new SigningKey(kid, privateKey, publicKey, { ...jwk, kid, alg: 'RS256', use: 'sig' });
  }

  /** A new key as PKCS #8 PEM. */
  static newPem(): string {
    return generateKeyPairSync('rsa', {
      modulusLength: MIN_RSA_BITS,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).privateKey;
  }

  find(kid: string): Promise<KeyObject | undefined> {
    return Promise.resolve(kid === this.kid ? this.publicKey : undefined);
  }

  /** The JSON Web Key Set to publish (RFC 7517). */
  get jwks(): { keys: JWK[] } {
    return { keys: [this.publicJwk] };
  }
}
