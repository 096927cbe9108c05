import type { KeyObject } from 'node:crypto';

/** Where public keys for checking signatures come from. */
export interface KeySource {
  /**
   * The key that a token names in its header; undefined where there is none such. Throws a retryable `unavailable`
   * where keys cannot be had at all: that says nothing about the token.
   */
  find(kid: string): Promise<KeyObject | undefined>;
}
