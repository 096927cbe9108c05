import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { JwksKeySource } from './jwks-key-source.js';
import { SigningKey } from './signing-key.js';

describe('keys by JWKS', () => {
  let first: SigningKey;
  let second: SigningKey;
  let server: Server;
  let url: string;
  /** What event-service answers at the moment. */
  let answer: () => { status: number; body: string };
  let fetches: number;
  let time: number;
  let keys: JwksKeySource;

  beforeAll(async () => {
    first = await SigningKey.fromPem(SigningKey.newPem());
    second = await SigningKey.fromPem(SigningKey.newPem());
  });
  beforeEach(async () => {
    fetches = 0;
    time = 1_000_000;
    answer = () => ({ status: 200, body: JSON.stringify(first.jwks) });
    server = createServer((_, response) => {
      fetches += 1;
      const { status, body } = answer();
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`;
    keys = new JwksKeySource(url, { now: () => new Date(time) });
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const away = () => ({ status: 503, body: '' });
  const both = () => ({ status: 200, body: JSON.stringify({ keys: [...first.jwks.keys, ...second.jwks.keys] }) });

  it('are fetched once, however many ask at once', async () => {
    const found = await Promise.all(Array.from({ length: 20 }, () => keys.find(first.kid)));
    expect(found.every((key) => key?.asymmetricKeyType === 'rsa' && key.type === 'public')).toBe(true);
    expect(await keys.find(first.kid)).toBeDefined();
    expect(fetches).toBe(1);
  });

  it('are fetched again for an unknown id, but not more often than every ten seconds', async () => {
    await keys.find(first.kid);
    for (let n = 0; n < 5; n += 1) expect(await keys.find(`unknown${n}`)).toBeUndefined();
    expect(fetches).toBe(1);
    answer = both;
    time += 10_000;
    expect(await keys.find(second.kid)).toBeDefined();
    expect(fetches).toBe(2);
  });

  it('are kept while event-service is away, however long', async () => {
    await keys.find(first.kid);
    answer = away;
    time += 24 * 60 * 60_000;
    expect(await keys.find(first.kid)).toBeDefined();
    expect(await keys.find(second.kid)).toBeUndefined();
    expect(await keys.find(first.kid)).toBeDefined();
  });

  it('are renewed in time, so that a withdrawn one ends', async () => {
    await keys.find(first.kid);
    answer = () => ({ status: 200, body: JSON.stringify(second.jwks) });
    time += 11 * 60_000;
    await keys.find(first.kid);
    while (fetches < 2 || (await keys.find(first.kid)) !== undefined) await new Promise(setImmediate);
    expect(await keys.find(second.kid)).toBeDefined();
  });

  it.each([
    ['away', away],
    ['answering nonsense', () => ({ status: 200, body: '<html>' })],
    ['answering something else', () => ({ status: 200, body: '{"keys":"none"}' })],
  ])('are unavailable, which says nothing of a token, where event-service was %s from the start', async (_, state) => {
    answer = state;
    await expect(keys.find(first.kid)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(keys.find(first.kid)).rejects.toMatchObject({ code: 'unavailable' });
    expect(fetches).toBe(1);
    answer = both;
    time += 1_000;
    expect(await keys.find(first.kid)).toBeDefined();
  });

  it('of other kinds and uses are not taken', async () => {
    const [jwk] = first.jwks.keys;
    const others = [{ ...jwk, kid: 'enc', use: 'enc' }, { kty: 'oct', kid: 'oct', k: 'c2VjcmV0' }, { kty: 'RSA' }];
    answer = () => ({ status: 200, body: JSON.stringify({ keys: [...others, jwk] }) });
    expect(await keys.find(first.kid)).toBeDefined();
    for (const kid of ['enc', 'oct', 'undefined', '']) expect(await keys.find(kid)).toBeUndefined();
  });
});
