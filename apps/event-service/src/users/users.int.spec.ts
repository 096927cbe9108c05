import { getConnectionToken } from '@nestjs/mongoose';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Connection } from 'mongoose';
import { signUp, TEST_PASSWORD, type TestAccount } from '#testing';
import { startEventService, type TestService } from '../../test/start-event-service.js';

describe('accounts', () => {
  let service: TestService;
  let connection: Connection;
  beforeAll(async () => {
    service = await startEventService();
    connection = service.app.get<Connection>(getConnectionToken());
  });
  afterAll(() => service.close());

  const register = (body: object, headers: Record<string, string> = {}) =>
    service.http.post('/v1/auth/register').set(headers).send(body);
  const person = (name: string) => ({ email: `${name}@example.com`, username: name, password: TEST_PASSWORD });
  const countUsers = (name: string) => connection.collection('users').countDocuments({ username: name });

  describe('registering', () => {
    it('answers with the user and nothing secret', async () => {
      const response = await register({
        ...person('Ada'),
        full_name: 'Ada Lovelace',
        locale: 'en-gb',
        timezone: 'Europe/London',
      });
      expect(response.status).toBe(201);
      expect(response.body).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        email: 'Ada@example.com',
        username: 'Ada',
        full_name: 'Ada Lovelace',
        is_verified: false,
        roles: ['user'],
        locale: 'en-GB',
        timezone: 'Europe/London',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      });
      expect(response.headers['etag']).toBe('"1"');
    });

    it('tells of it in the log, in the same transaction', async () => {
      const { body } = await register(person('logged'));
      const { id } = body as { id: string };
      const entries = await connection
        .collection('event_log')
        .find({ stream: `user/${id}` })
        .toArray();
      expect(entries).toEqual([
        expect.objectContaining({
          version: 1,
          type: 'usher.user.registered',
          subject: `users/${id}`,
          data: { user: { id, username: 'logged' } },
          actor: { id, username: 'logged' },
        }),
      ]);
    });

    it('refuses a taken address or name, whatever its case', async () => {
      await register(person('taken'));
      const email = await register({ ...person('other'), email: 'TAKEN@Example.COM' });
      expect([email.status, (email.body as { code: string }).code]).toEqual([409, 'email-taken']);
      const name = await register({ ...person('TaKeN'), email: 'other@example.com' });
      expect([name.status, (name.body as { code: string }).code]).toEqual([409, 'username-taken']);
      const reserved = await register(person('System'));
      expect([reserved.status, (reserved.body as { code: string }).code]).toEqual([409, 'username-taken']);
    });

    it('makes one account of twenty attempts at once, and one log entry', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          register({ ...person('racer'), email: n % 2 ? 'RACER@example.com' : 'racer@example.com' }),
        ),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([201, ...Array<number>(19).fill(409)]);
      expect(await countUsers('racer')).toBe(1);
      expect(await connection.collection('event_log').countDocuments({ 'data.user.username': 'racer' })).toBe(1);
    });

    it('leaves nothing behind where the log refuses its entry', async () => {
      const refusal = jest
        .spyOn(connection.model('EventLogEntry'), 'insertMany')
        .mockRejectedValueOnce(new Error('no'));
      const response = await register(person('nobody'));
      refusal.mockRestore();
      expect(response.status).toBe(500);
      expect(await countUsers('nobody')).toBe(0);
    });

    it('replays its answer for an idempotency key, and repeats itself after a crash', async () => {
      const key = { 'idempotency-key': 'register-once' };
      const first = await register(person('once'), key);
      const again = await register(person('once'), key);
      expect([again.status, again.text]).toEqual([201, first.text]);
      expect(again.headers['idempotency-replayed']).toBe('true');
      // As if the instance had died after the commit and before it kept its answer.
      await connection
        .collection('idempotency_keys')
        .updateMany({}, { $set: { state: 'running', answer: null, lease_ends_at: new Date(0) } });
      const repeated = await register(person('once'), key);
      expect([repeated.status, repeated.body]).toEqual([201, first.body]);
      expect(repeated.headers['idempotency-replayed']).toBeUndefined();
      expect(await countUsers('once')).toBe(1);
    });

    it.each([
      [{}, ['/email', '/password', '/username']],
      [{ ...person('x1x'), email: 'nonsense' }, ['/email']],
      [{ ...person('x1x'), email: { $ne: null } }, ['/email']],
      [{ ...person('x1x'), username: 'x' }, ['/username']],
      [{ ...person('x1x'), password: 'short' }, ['/password']],
      [{ ...person('x1x'), roles: ['admin'] }, ['/roles']],
      [{ ...person('x1x'), timezone: 'Mars' }, ['/timezone']],
      [{ ...person('x1x'), full_name: 1 }, ['/full_name']],
    ])('refuses %j', async (body, pointers) => {
      const response = await register(body);
      expect(response.status).toBe(400);
      const { errors } = response.body as { errors: { pointer: string }[] };
      expect([...new Set(errors.map(({ pointer }) => pointer))].sort()).toEqual(pointers);
    });
  });

  describe('one’s own profile', () => {
    let ada: TestAccount;
    beforeAll(async () => {
      ada = await signUp(service);
    });
    const read = (headers: Record<string, string> = {}) =>
      service.http.get('/v1/users/me').set({ ...ada.headers, ...headers });
    const change = (body: object, headers: Record<string, string> = {}) =>
      service.http
        .patch('/v1/users/me')
        .set({ ...ada.headers, ...headers })
        .send(body);

    it('is read with an entity tag, and not sent twice', async () => {
      const response = await read();
      expect(response.body).toMatchObject({ id: ada.user.id, username: ada.user.username });
      const again = await read({ 'if-none-match': response.headers['etag'] ?? '' });
      expect(again.status).toBe(304);
      expect((await service.http.get('/v1/users/me')).status).toBe(401);
    });

    it('is changed by a merge patch', async () => {
      const changed = await change(
        { full_name: 'Ada', locale: 'pt-BR' },
        { 'content-type': 'application/merge-patch+json' },
      );
      expect(changed.status).toBe(200);
      expect(changed.body).toMatchObject({ full_name: 'Ada', locale: 'pt-BR', timezone: 'UTC' });
      expect((await change({ full_name: null })).body).toMatchObject({ full_name: null, locale: 'pt-BR' });
      expect((await change({ timezone: null })).status).toBe(400);
    });

    it('is changed only over the version that the caller has seen', async () => {
      const { headers } = await read();
      const seen = { 'if-match': headers['etag'] ?? '' };
      expect((await change({ full_name: 'First' }, seen)).status).toBe(200);
      const late = await change({ full_name: 'Second' }, seen);
      expect([late.status, (late.body as { code: string }).code]).toEqual([412, 'precondition-failed']);
      expect((await read()).body).toMatchObject({ full_name: 'First' });
    });

    it('loses no change of many at once', async () => {
      const before = Number(((await read()).headers['etag'] ?? '').replaceAll('"', ''));
      const answers = await Promise.all(['de', 'fr', 'it'].map((locale) => change({ locale })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect((await read()).headers['etag']).toBe(`"${before + 3}"`);
    });

    it('keeps its tag where nothing changes', async () => {
      const { headers, body } = await read();
      const same = await change({ locale: (body as { locale: string }).locale });
      expect(same.headers['etag']).toBe(headers['etag']);
    });

    it('of an account that is gone is 401', async () => {
      const gone = await signUp(service);
      await connection.collection('users').deleteOne({ username: gone.user.username });
      expect((await service.http.get('/v1/users/me').set(gone.headers)).status).toBe(401);
    });
  });
});
