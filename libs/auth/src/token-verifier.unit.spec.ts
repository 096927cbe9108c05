import { createHmac, createPublicKey } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { UsherError } from '#kernel';
import { JwtStrategy } from './jwt.strategy.js';
import { SigningKey } from './signing-key.js';
import { TokenIssuer } from './token-issuer.js';
import { TokenVerifier } from './token-verifier.js';

const policy = { issuer: 'https://usher.example', audience: 'usher' };
const ada = { id: 'a'.repeat(24), username: 'ada', roles: ['user', 'admin'] as const };
const claims = { username: 'ada', roles: ['user'] };
const seconds = (): number => Math.floor(Date.now() / 1000);

describe('an access token', () => {
  let key: SigningKey;
  let verifier: TokenVerifier;
  beforeAll(async () => {
    key = await SigningKey.fromPem(SigningKey.newPem());
    verifier = new TokenVerifier(new JwtStrategy(key, policy));
  });

  /** A token of ours, but for what `change` does to it. */
  const forge = (change: (token: SignJWT) => SignJWT = (token) => token, header = {}, payload: object = claims) =>
    change(
      new SignJWT({ ...payload })
        .setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header })
        .setIssuer(policy.issuer)
        .setAudience(policy.audience)
        .setSubject(ada.id)
        .setJti('1')
        .setIssuedAt()
        .setExpirationTime('1m'),
    ).sign(key.privateKey);

  it('that was issued here speaks for its subject', async () => {
    const { token, expiresIn } = await new TokenIssuer(key, policy).issue({
      ...ada,
      scopes: ['bus:read', 'bus:publish'],
    });
    const principal = await verifier.verify(token);
    expect(expiresIn).toBe(1_800);
    expect(principal).toMatchObject({ ...ada, scopes: ['bus:read', 'bus:publish'], tokenId: expect.any(String) });
    expect(Math.abs(principal.expiresAt.getTime() / 1000 - seconds() - 1_800)).toBeLessThanOrEqual(2);
  });

  it('is good for as long as it was issued for', async () => {
    const { token, expiresIn } = await new TokenIssuer(key, policy).issue(ada, 60);
    const { expiresAt } = await verifier.verify(token);
    expect(expiresIn).toBe(60);
    expect(Math.abs(expiresAt.getTime() / 1000 - seconds() - 60)).toBeLessThanOrEqual(2);
  });

  it('of a person has no scopes', async () => {
    const { token } = await new TokenIssuer(key, policy).issue(ada);
    expect((await verifier.verify(token)).scopes).toEqual([]);
  });

  it('is checked for many at once without mixing them up', async () => {
    const issuer = new TokenIssuer(key, policy);
    const names = Array.from({ length: 50 }, (_, n) => `user${n}`);
    const tokens = await Promise.all(names.map((username) => issuer.issue({ ...ada, username })));
    const principals = await Promise.all(tokens.map(({ token }) => verifier.verify(token)));
    expect(principals.map(({ username }) => username)).toEqual(names);
  });

  it('may be a few seconds past its time, for clocks differ', async () => {
    await expect(
      verifier.verify(await forge((token) => token.setExpirationTime(seconds() - 3))),
    ).resolves.toBeDefined();
  });

  it.each<[string, () => Promise<string>]>([
    ['expired', () => forge((token) => token.setExpirationTime(seconds() - 10))],
    ['not good yet', () => forge((token) => token.setNotBefore(seconds() + 60))],
    ['of another issuer', () => forge((token) => token.setIssuer('https://evil.example'))],
    ['for another audience', () => forge((token) => token.setAudience('other'))],
    ['without a subject', () => forge((token) => token.setSubject(''))],
    ['without roles', () => forge(undefined, {}, { username: 'ada' })],
    ['with roles nobody knows', () => forge(undefined, {}, { ...claims, roles: ['root'] })],
    ['without a username', () => forge(undefined, {}, { roles: ['user'] })],
    ['of an unknown key', () => forge(undefined, { kid: 'other' })],
    ['without a key id', () => forge(undefined, { kid: undefined })],
  ])('is refused when %s', async (_, make) => {
    await expect(verifier.verify(await make())).rejects.toMatchObject({ code: 'invalid-token' });
  });

  const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('is refused unsigned, signed with the public key as a secret, or tampered with', async () => {
    const good = await forge();
    const [header, , signature] = good.split('.');
    const body = segment({
      ...claims,
      sub: ada.id,
      iss: policy.issuer,
      aud: policy.audience,
      exp: seconds() + 60,
      jti: '1',
    });
    const pem = createPublicKey(key.privateKey).export({ type: 'spki', format: 'pem' });
    const confused = `${segment({ alg: 'HS256', kid: key.kid })}.${body}`;
    for (const token of [
      `${segment({ alg: 'none', kid: key.kid })}.${body}.`,
      `${confused}.${createHmac('sha256', pem).update(confused).digest('base64url')}`,
      `${header}.${body}.${signature}`,
      good.slice(0, -4),
      '',
      'a.b.c',
      'nonsense',
      '\0',
      'x'.repeat(100_000),
    ])
      await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'invalid-token' });
  });

  it('is neither good nor bad while the keys cannot be had', async () => {
    const unavailable = new UsherError('unavailable', 'away', { retryable: true });
    const blind = new TokenVerifier(new JwtStrategy({ find: () => Promise.reject(unavailable) }, policy));
    await expect(blind.verify(await forge())).rejects.toBe(unavailable);
  });
});

describe('a signing key', () => {
  it('publishes its public half only, under its thumbprint', async () => {
    const pem = SigningKey.newPem();
    const [key, same] = [await SigningKey.fromPem(pem), await SigningKey.fromPem(pem)];
    expect(same.kid).toBe(key.kid);
    expect(Object.keys(key.jwks.keys[0]!).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it.each(['nonsense', '-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----'])('is not %j', async (pem) => {
    await expect(SigningKey.fromPem(pem)).rejects.toThrow();
  });
});
