import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { type Clock, systemClock, UsherError } from '#kernel';
import type { KeySource } from './key-source.js';

const TIMEOUT_MS = 3_000;
/** An unknown key id makes the set be fetched again, but not more often than this; more often while there is no set at all. */
const COOL_DOWN_MS = 10_000;
const FIRST_COOL_DOWN_MS = 1_000;
/** A set this old is fetched again beside its use, so that a withdrawn key does not live for ever. */
const MAX_AGE_MS = 10 * 60_000;

const jwksSchema = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().optional(), use: z.string().optional() })),
});

/**
 * Another service's public keys, from its JWKS URL (RFC 7517): cached, fetched again for an unknown key id, and the
 * last known kept while that service is away.
 */
export class JwksKeySource implements KeySource {
  private keys: ReadonlyMap<string, KeyObject> | undefined;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | undefined;
  private lastFailure: unknown;

  constructor(
    private readonly url: string,
    private readonly clock: Clock = systemClock,
  ) {}

  async find(kid: string): Promise<KeyObject | undefined> {
    const now = this.clock.now().getTime();
    const known = this.keys?.get(kid);
    if (known === undefined) await this.refresh(now, this.keys === undefined ? FIRST_COOL_DOWN_MS : COOL_DOWN_MS);
    else if (now - this.fetchedAt > MAX_AGE_MS) void this.refresh(now, COOL_DOWN_MS);
    if (this.keys === undefined)
      throw new UsherError('unavailable', 'The keys to check access tokens with cannot be fetched at the moment.', {
        retryable: true,
        retryAfter: 2,
        cause: this.lastFailure,
      });
    return known ?? this.keys.get(kid);
  }

  /** One fetch at a time, whoever asks; a failure leaves the keys as they are. */
  private refresh(now: number, coolDownMs: number): Promise<void> {
    if (this.fetching !== undefined) return this.fetching;
    if (now - this.triedAt < coolDownMs) return Promise.resolve();
    this.triedAt = now;
    this.fetching = fetchKeys(this.url)
      .then(
        (keys) => {
          this.keys = keys;
          this.fetchedAt = now;
        },
        (error: unknown) => {
          this.lastFailure = error;
        },
      )
      .finally(() => {
        this.fetching = undefined;
      });
    return this.fetching;
  }
}

async function fetchKeys(url: string): Promise<Map<string, KeyObject>> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const { keys } = jwksSchema.parse(await answer.json());
  const usable = keys.filter((key) => key.kty === 'RSA' && key.kid !== undefined && (key.use ?? 'sig') === 'sig');
  return new Map(usable.map((key) => [key.kid ?? '', createPublicKey({ key, format: 'jwk' })]));
}
