import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { TokenIssuer } from '#auth';
import { newId } from '#kernel';
import { ClientsBed, type CreatedClient } from '../../test/clients-bed.js';

const FORM = 'application/x-www-form-urlencoded';
const grant_type = 'client_credentials';

let bed: ClientsBed;
let client: CreatedClient;
beforeAll(async () => {
  bed = await ClientsBed.start();
  client = await bed.client('bus:publish', 'bus:read');
}, 60_000);
afterAll(() => bed.close());

const post = (headers: Record<string, string> = {}) => bed.service.http.post('/v1/auth/token').set(headers);
const form = (parameters: Record<string, string> | string, headers: Record<string, string> = {}) =>
  post({ ...headers, 'content-type': FORM }).send(new URLSearchParams(parameters).toString());
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const credentials = () => ({ grant_type, client_id: client.id, client_secret: client.client_secret });

describe('a service client gets a token', () => {
  it('that anybody can check, for ten minutes, and that no cache may keep', async () => {
    const { status, body, headers } = await bed.ask(client);
    expect([status, body]).toEqual([
      200,
      { access_token: expect.any(String), token_type: 'Bearer', expires_in: 600, scope: 'bus:publish bus:read' },
    ]);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    const jwks = await bed.service.http.get('/.well-known/jwks.json');
    const { access_token } = body as { access_token: string };
    const { payload } = await jwtVerify(access_token, createLocalJWKSet(jwks.body as never), {
      issuer: 'usher',
      audience: 'usher',
    });
    expect(payload).toMatchObject({
      sub: client.id,
      username: 'Order service',
      roles: [],
      scope: 'bus:publish bus:read',
      jti: expect.any(String) as unknown,
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600);
  });

  it('in JSON, by a form or by HTTP Basic', async () => {
    const { grant_type: grant, client_id, client_secret } = credentials();
    const answers = [
      await post().send(credentials()),
      await form(credentials()),
      await form({ grant_type: grant }, basic(client_id, client_secret)),
      await post(basic(client_id, client_secret)).send({ grant_type: grant, client_id }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('for some of its scopes', async () => {
    const { body } = await bed.ask(client, { scope: 'bus:read' });
    expect(body).toMatchObject({ scope: 'bus:read' });
  });

  it('beside parameters that nobody knows, and empty ones, in a form', async () => {
    const { body } = await form({ ...credentials(), scope: '', resource: 'x', constructor: 'y', __proto__: 'z' });
    expect(body).toMatchObject({ scope: 'bus:publish bus:read' });
  });

  it('whatever stale token it sends along', async () => {
    await post({ authorization: 'Bearer stale' }).send(credentials()).expect(200);
  });
});

describe('a token is refused', () => {
  const refused = async (request: ReturnType<typeof post>): Promise<unknown> => {
    const { status, body, headers } = await request;
    expect(headers['content-type']).toBe('application/problem+json');
    const { code, error, errors } = body as { code: string; error?: string; errors?: { pointer: string }[] };
    return [status, code, error, ...(errors ?? []).map(({ pointer }) => pointer)];
  };

  it('with a wrong secret as for an unknown client, word for word', async () => {
    const wrong = [
      { ...client, client_secret: `${client.client_secret.slice(0, -1)}_` },
      { ...client, client_secret: 'x' },
      { ...client, id: newId() },
      { ...client, id: 'order-service' },
      { ...client, id: '' },
      { ...client, client_secret: '' },
    ];
    const told = [];
    for (const given of wrong) {
      const { status, body, headers } = await bed.ask(given);
      const { trace_id: _, ...problem } = body as Record<string, unknown>;
      told.push({ status, problem, challenge: headers['www-authenticate'] });
    }
    expect(told[0]).toMatchObject({
      status: 401,
      problem: { code: 'invalid-credentials', error: 'invalid_client' },
      challenge: 'Basic realm="usher"',
    });
    for (const other of told) expect(other).toEqual(told[0]);
  });

  it('for a scope that the client has not', async () => {
    for (const scope of ['admin', 'bus:read admin', 'nonsense'])
      expect(await refused(bed.ask(client, { scope }))).toEqual([400, 'invalid-scope', 'invalid_scope']);
  });

  it('for another grant', async () => {
    const answers = [post().send({ ...credentials(), grant_type: 'password' }), form({ grant_type: 'password' })];
    for (const answer of answers)
      expect(await refused(answer)).toEqual([400, 'unsupported-grant-type', 'unsupported_grant_type']);
  });

  it.each<[string, () => ReturnType<typeof post>, string[]]>([
    ['nothing', () => post(), ['']],
    ['an empty form', () => form({}), ['/grant_type']],
    ['no credentials', () => form({ grant_type }), ['/client_id']],
    ['no secret', () => post().send({ grant_type, client_id: client.id }), ['/client_secret']],
    ['an object for an id', () => post().send({ ...credentials(), client_id: { $ne: null } }), ['/client_id']],
    ['a list of secrets', () => post().send({ ...credentials(), client_secret: ['x'] }), ['/client_secret']],
    ['an unknown member in JSON', () => post().send({ ...credentials(), audience: 'x' }), ['/audience']],
    ['a parameter twice', () => form('grant_type=client_credentials&scope=a&scope=b'), ['/scope']],
    ['NUL', () => form({ ...credentials(), client_id: 'a\0b' }), ['/client_id']],
    ['two secrets', () => form(credentials(), basic(client.id, client.client_secret)), ['/client_secret']],
  ])('with %s', async (_, request, pointers) => {
    expect(await refused(request())).toEqual([400, 'validation-failed', 'invalid_request', ...pointers]);
  });

  it.each<[string, string, string, number, string]>([
    ['text', 'text/plain', 'x', 415, 'unsupported-media-type'],
    ['broken JSON', 'application/json', '{', 400, 'malformed-request'],
    ['a prototype', 'application/json', '{"__proto__":1}', 400, 'malformed-request'],
    ['a form of more than 256 KiB', FORM, `scope=${'x'.repeat(262_144)}`, 413, 'payload-too-large'],
  ])('with %s for a body', async (_, type, body, status, code) => {
    expect(await refused(post({ 'content-type': type }).send(body))).toEqual([status, code, 'invalid_request']);
  });

  it('to whoever is revoked while it is made', async () => {
    const doomed = await bed.client('bus:read');
    const issuer = bed.service.app.get(TokenIssuer);
    const issue = issuer.issue.bind(issuer);
    jest.spyOn(issuer, 'issue').mockImplementationOnce(async (...subject) => {
      await bed.revoke(doomed).expect(204);
      return issue(...subject);
    });
    expect(await refused(bed.ask(doomed))).toEqual([401, 'invalid-credentials', 'invalid_client']);
  });
});

it('takes forms nowhere else', async () => {
  const { body } = await bed.service.http.post('/v1/auth/login').type('form').send('username=a&password=b');
  expect(body).toMatchObject({ status: 415, code: 'unsupported-media-type' });
  expect((await bed.service.http.post('/v1/nowhere').type('form').send('a=b')).status).toBe(404);
});

it('does not repeat a token for an idempotency key', async () => {
  const ask = () => bed.ask(client).set('idempotency-key', 'once');
  const [one, two] = [(await ask()).body as object, (await ask()).body as object];
  expect(one).not.toEqual(two);
});

describe('an OAuth library (oauth4webapi)', () => {
  // Deprecated so that it stands out: this is loopback.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const insecure = { [oauth.allowInsecureRequests]: true };
  const server = (): oauth.AuthorizationServer => ({
    issuer: bed.service.url,
    token_endpoint: `${bed.service.url}/v1/auth/token`,
  });
  const ask = async (authentication: oauth.ClientAuth, parameters: Record<string, string> = {}) => {
    const who = { client_id: client.id };
    const response = await oauth.clientCredentialsGrantRequest(server(), who, authentication, parameters, insecure);
    return oauth.processClientCredentialsResponse(server(), who, response);
  };

  it.each([
    ['Basic', oauth.ClientSecretBasic],
    ['the body', oauth.ClientSecretPost],
  ])('gets its token with %s', async (_, authentication) => {
    const token = await ask(authentication(client.client_secret), { scope: 'bus:publish' });
    expect(token).toMatchObject({ token_type: 'bearer', scope: 'bus:publish', expires_in: 600 });
  });

  it('understands what was wrong', async () => {
    await expect(ask(oauth.ClientSecretPost(client.client_secret), { scope: 'admin' })).rejects.toMatchObject({
      error: 'invalid_scope',
      error_description: 'This client can have bus:publish bus:read, and nothing else.',
      status: 400,
    });
    await expect(ask(oauth.ClientSecretBasic('wrong'))).rejects.toMatchObject({
      status: 401,
      cause: [{ scheme: 'basic', parameters: { realm: 'usher' } }],
    });
  });
});

describe('attempts', () => {
  it('are counted by address, with the right secret or a wrong one, but never lock a client out', async () => {
    const limited = await ClientsBed.start({ LOGIN_LIMIT_PER_MINUTE: '3', TRUST_PROXY: '1' });
    try {
      const victim = await limited.client('bus:read');
      const from = (address: string, secret = 'wrong') =>
        limited.ask({ ...victim, client_secret: secret }).set('x-forwarded-for', address);
      for (const [address, statuses] of [
        ['192.0.2.1', [401, 401, 401, 429]],
        ['192.0.2.2', [401, 401, 401, 429]],
      ] as const)
        for (const status of statuses) expect((await from(address)).status).toBe(status);
      const refused = await from('192.0.2.1', victim.client_secret);
      expect(refused.body).toMatchObject({ code: 'rate-limited' });
      expect(refused.body).not.toHaveProperty('error');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect((await from('192.0.2.3', victim.client_secret)).status).toBe(200);
    } finally {
      await limited.close();
    }
  }, 30_000);
});
