import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** What is kept of the first answer, to be given again. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * What one idempotency key of one caller yields. The key itself is not stored, and the kept answer is encrypted under
 * it: the database alone tells neither the secrets in an answer nor lets a password be guessed from a fingerprint.
 */
export class IdempotencySecret {
  /** Names the record. */
  readonly id: string;
  private readonly sealing: Buffer;
  private readonly fingerprinting: Buffer;

  constructor(caller: string, key: string) {
    this.id = createHash('sha256').update(`${caller}\n${key}`).digest('hex');
    this.sealing = this.derive(key, 'answer');
    this.fingerprinting = this.derive(key, 'fingerprint');
  }

  fingerprint(request: string): string {
    return createHmac('sha256', this.fingerprinting).update(request).digest('hex');
  }

  seal(answer: KeptAnswer): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.sealing, nonce);
    const text = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]);
  }

  open(sealed: Buffer): KeptAnswer {
    const decipher = createDecipheriv(CIPHER, this.sealing, sealed.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return JSON.parse(text.toString('utf8')) as KeptAnswer;
  }

  private derive(key: string, purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', key, this.id, `usher idempotency ${purpose}`, 32));
  }
}
