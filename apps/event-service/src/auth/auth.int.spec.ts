import { getConnectionToken } from '@nestjs/mongoose';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { Connection } from 'mongoose';
import { signIn, signUp, TEST_PASSWORD, testDatabase } from '#testing';
import { startEventService, type TestService } from '../../test/start-event-service.js';

interface Tokens {
  access_token: string;
  refresh_token: string;
}

describe('signing in', () => {
  let service: TestService;
  let connection: Connection;
  beforeAll(async () => {
    service = await startEventService();
    connection = service.app.get<Connection>(getConnectionToken());
  });
  afterAll(() => service.close());

  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    service.http.post(`/v1/auth/${path}`).set(headers).send(body);
  const refresh = (token: string) => post('refresh', { refresh_token: token });

  it('answers with a pair of tokens and the user, and lets nobody cache it', async () => {
    const { email, user } = await signUp(service);
    const response = await post('login', { email, password: TEST_PASSWORD });
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 1800,
      refresh_token: expect.any(String),
      user: expect.objectContaining({ id: user.id, email }),
    });
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('signs tokens that anybody can check with the published keys', async () => {
    const { token, user } = await signUp(service);
    const jwks = await service.http.get('/.well-known/jwks.json');
    expect(jwks.headers['cache-control']).toBe('public, max-age=300');
    expect(jwks.text).not.toContain('"d"');
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(jwks.body as never));
    expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
    expect(payload).toMatchObject({
      iss: 'usher',
      aud: 'usher',
      sub: user.id,
      username: user.username,
      roles: ['user'],
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(1800);
    expect(payload.jti).toBeTruthy();
  });

  it('works by username or address, in any case', async () => {
    const { email, user } = await signUp(service);
    for (const name of [{ email: email.toUpperCase() }, { username: user.username.toUpperCase() }])
      expect((await post('login', { ...name, password: TEST_PASSWORD })).status).toBe(200);
  });

  it('refuses a wrong password and an unknown account alike', async () => {
    const { email } = await signUp(service);
    const wrong = await post('login', { email, password: 'Wrong-horse-7' });
    const unknown = await post('login', { email: 'nobody@example.com', password: 'Wrong-horse-7' });
    for (const response of [wrong, unknown]) {
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toBe('Bearer realm="usher"');
    }
    const told = ({ detail, title, code }: Record<string, unknown>) => ({ detail, title, code });
    expect(told(wrong.body as never)).toEqual(told(unknown.body as never));
    expect(wrong.body).toMatchObject({ code: 'invalid-credentials' });
  });

  it('refuses a password that only begins like the right one, beyond what bcrypt looks at', async () => {
    const password = `A1!${'x'.repeat(69)}`;
    const { email } = await signUp(service, { password });
    expect((await post('login', { email, password })).status).toBe(200);
    expect((await post('login', { email, password: `${password}y` })).status).toBe(401);
  });

  it('takes a password however its accents were typed', async () => {
    const { email } = await signUp(service, { password: 'Caf\u00e9-12345' });
    expect((await post('login', { email, password: 'Cafe\u0301-12345' })).status).toBe(200);
  });

  it.each([
    [{ password: TEST_PASSWORD }, '/username'],
    [{ username: 'a', email: 'a@example.com', password: TEST_PASSWORD }, '/email'],
    [{ email: { $ne: null }, password: TEST_PASSWORD }, '/email'],
    [{ email: ['a@example.com'], password: TEST_PASSWORD }, '/email'],
    [{ email: 'a@example.com' }, '/password'],
    [{ email: 'a@example.com', password: { $gt: '' } }, '/password'],
    [{ email: 'a@example.com', password: TEST_PASSWORD, remember: true }, '/remember'],
  ])('refuses %j', async (body, pointer) => {
    const response = await post('login', body);
    expect(response.status).toBe(400);
    expect((response.body as { errors: { pointer: string }[] }).errors.map((error) => error.pointer)).toEqual([
      pointer,
    ]);
  });

  it('is not hindered by a stale token in the header', async () => {
    const { email } = await signUp(service);
    const response = await post('login', { email, password: TEST_PASSWORD }, { authorization: 'Bearer stale' });
    expect(response.status).toBe(200);
  });

  describe('refreshing', () => {
    it('gives a new pair, again and again', async () => {
      let { refreshToken } = await signUp(service);
      for (let round = 0; round < 3; round += 1) {
        const response = await refresh(refreshToken);
        expect(response.status).toBe(200);
        const { access_token, refresh_token } = response.body as Tokens;
        expect(refresh_token).not.toBe(refreshToken);
        const me = await service.http.get('/v1/users/me').set('authorization', `Bearer ${access_token}`);
        expect(me.status).toBe(200);
        refreshToken = refresh_token;
      }
    });

    it('with an old token revokes the whole family, and no other', async () => {
      const account = await signUp(service);
      const elsewhere = await signIn(service, account);
      const newest = ((await refresh(account.refreshToken)).body as Tokens).refresh_token;
      const reused = await refresh(account.refreshToken);
      expect([reused.status, (reused.body as { code: string }).code]).toEqual([401, 'invalid-token']);
      expect((await refresh(newest)).status).toBe(401);
      expect((await refresh(elsewhere.refreshToken)).status).toBe(200);
    });

    it('by many at once succeeds for exactly one', async () => {
      const { refreshToken } = await signUp(service);
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(401)]);
    });

    it('refuses what is no token, or is past its time', async () => {
      for (const token of ['nonsense', 'a'.repeat(64), 'x'.repeat(512)])
        expect((await refresh(token)).status).toBe(401);
      const { refreshToken } = await signUp(service);
      await connection.collection('sessions').updateMany({}, { $set: { expires_at: new Date(0) } });
      expect((await refresh(refreshToken)).status).toBe(401);
    });

    it('keeps nothing in the database that could be used', async () => {
      const { refreshToken } = await signUp(service);
      const stored = JSON.stringify(await connection.collection('sessions').find().toArray());
      expect(stored).not.toContain(refreshToken.slice(0, 20));
      expect(stored).not.toContain(refreshToken.slice(-20));
    });
  });

  it('out ends the session, and says the same of any token', async () => {
    const { refreshToken } = await signUp(service);
    expect((await post('logout', { refresh_token: refreshToken })).status).toBe(204);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await post('logout', { refresh_token: refreshToken })).status).toBe(204);
    expect((await post('logout', { refresh_token: 'nonsense' })).status).toBe(204);
    expect((await post('logout', {})).status).toBe(400);
  });

  describe('a new password', () => {
    const change = (headers: Record<string, string>, current_password: string, new_password: string) =>
      service.http.post('/v1/users/me/password').set(headers).send({ current_password, new_password });

    it('needs the present one, and ends every session', async () => {
      const account = await signUp(service);
      const elsewhere = await signIn(service, account);
      expect((await change(account.headers, 'Wrong-horse-7', 'Better-horse-8')).status).toBe(401);
      expect((await change(account.headers, TEST_PASSWORD, 'weak')).status).toBe(400);
      expect((await change(account.headers, TEST_PASSWORD, 'Better-horse-8')).status).toBe(204);
      for (const { refreshToken } of [account, elsewhere]) expect((await refresh(refreshToken)).status).toBe(401);
      expect((await post('login', { email: account.email, password: TEST_PASSWORD })).status).toBe(401);
      expect((await post('login', { email: account.email, password: 'Better-horse-8' })).status).toBe(200);
      expect((await service.http.post('/v1/users/me/password').send({})).status).toBe(401);
    });

    it('ends a session that was begun with the old one at the same moment', async () => {
      const account = await signUp(service);
      await change(account.headers, TEST_PASSWORD, 'Better-horse-8');
      const late = await signIn(service, { email: account.email, password: 'Better-horse-8' });
      await connection
        .collection('sessions')
        .updateMany({ user_id: account.user.id }, { $set: { password_version: 1 } });
      expect((await refresh(late.refreshToken)).status).toBe(401);
    });
  });

  it('keeps no answer with tokens for an idempotency key', async () => {
    const { email } = await signUp(service);
    const login = () => post('login', { email, password: TEST_PASSWORD }, { 'idempotency-key': 'login' });
    const [first, second] = [await login(), await login()];
    expect(second.headers['idempotency-replayed']).toBeUndefined();
    expect((second.body as Tokens).refresh_token).not.toBe((first.body as Tokens).refresh_token);
  });
});

describe('the limit of login attempts', () => {
  let services: TestService[];
  beforeAll(async () => {
    const database = testDatabase('limits');
    const settings = { LOGIN_LIMIT_PER_MINUTE: '5', TRUST_PROXY: '1' };
    services = [await startEventService(settings, database), await startEventService(settings, database)];
  });
  afterAll(async () => {
    for (const service of services) await service.close();
    await services[0]!.database.drop();
  });

  const login = (instance: number, address: string, name: object, password = 'Wrong-horse-7') =>
    services[instance]!.http.post('/v1/auth/login')
      .set('x-forwarded-for', address)
      .send({ ...name, password });

  it('holds for one address over all instances, whoever it tries', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 6; n += 1) statuses.push((await login(n % 2, '203.0.113.1', { username: `user${n}` })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    const limited = await login(1, '203.0.113.1', { username: 'another' });
    expect(limited.body).toMatchObject({ code: 'rate-limited' });
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(limited.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(limited.headers['ratelimit-policy']).toBe('"general";q=100000;w=10, "login";q=5;w=60');
    expect(limited.headers['ratelimit']).toMatch(/"login";r=0;t=\d+$/);
    expect((await login(1, '203.0.113.2', { username: 'another' })).status).toBe(401);
  });

  it('holds for one account over all addresses and spellings, for a right password too', async () => {
    const email = 'victim@example.com';
    const body = { email, username: 'victim', password: TEST_PASSWORD };
    expect((await services[0]!.http.post('/v1/auth/register').send(body)).status).toBe(201);
    const names = [
      { email },
      { username: 'victim' },
      { email: 'VICTIM@example.com' },
      { username: 'Victim' },
      { email },
    ];
    for (const [n, name] of names.entries()) expect((await login(n % 2, `198.51.100.${n}`, name)).status).toBe(401);
    const limited = await login(0, '198.51.100.9', { email }, TEST_PASSWORD);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('holds for an unknown account just the same', async () => {
    for (let n = 0; n < 5; n += 1) expect((await login(0, `192.0.2.${n}`, { username: 'nobody' })).status).toBe(401);
    expect((await login(0, '192.0.2.9', { username: 'NOBODY' })).status).toBe(429);
  });
});

describe('the admin account', () => {
  it('is made once, by however many instances start at once, and can sign in', async () => {
    const database = testDatabase('admin');
    const settings = { ADMIN_EMAIL: 'root@example.com', ADMIN_PASSWORD: 'Root-horse-7' };
    const services = await Promise.all([1, 2, 3].map(() => startEventService(settings, database)));
    services.push(await startEventService(settings, database));
    const connection = services[0]!.app.get<Connection>(getConnectionToken());
    expect(await connection.collection('users').countDocuments()).toBe(1);
    expect(await connection.collection('event_log').countDocuments({ type: 'usher.user.registered' })).toBe(1);
    const admin = await signIn(services[1]!, { email: 'root@example.com', password: 'Root-horse-7' });
    const me = await services[2]!.http.get('/v1/users/me').set(admin.headers);
    expect(me.body).toMatchObject({ username: 'admin', roles: ['user', 'admin'] });
    for (const service of services) await service.close();
    await database.drop();
  });

  it('is not whoever registered that address first, and finds another name where "admin" is taken', async () => {
    const database = testDatabase('admin');
    const plain = await startEventService({}, database);
    await signUp(plain, { username: 'admin', email: 'squatter@example.com' });
    await signUp(plain, { username: 'early', email: 'root@example.com' });
    await plain.close();
    const ADMIN_PASSWORD = 'Root-horse-7';
    const squatted = await startEventService({ ADMIN_EMAIL: 'root@example.com', ADMIN_PASSWORD }, database);
    const early = await signIn(squatted, { email: 'root@example.com', password: TEST_PASSWORD });
    expect((await squatted.http.get('/v1/users/me').set(early.headers)).body).toMatchObject({ roles: ['user'] });
    await squatted.close();
    const renamed = await startEventService({ ADMIN_EMAIL: 'boss@example.com', ADMIN_PASSWORD }, database);
    const boss = await signIn(renamed, { email: 'boss@example.com', password: ADMIN_PASSWORD });
    expect(boss.user.username).toMatch(/^admin_/);
    await renamed.close();
    await database.drop();
  });
});
