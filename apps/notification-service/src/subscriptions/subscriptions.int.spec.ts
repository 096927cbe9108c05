import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestSession } from '#testing';
import type { ArchivedEvent } from '../archive/archive.schema.js';
import { isSigningSecret, newSigningSecret } from './secrets/signing-secret.js';
import { SINK, SubscriptionsApp } from './testing/subscriptions-app.js';

const DAY_MS = 24 * 3_600_000;

let app: SubscriptionsApp;
let ada: TestSession;

beforeAll(async () => {
  app = await SubscriptionsApp.start();
  ada = await app.test.tokens.session({ username: 'ada' });
});

afterAll(() => app.test.close());

const post = (path: string, who = ada) => app.request('post', `/v1/subscriptions${path}`, who);
const minimal = { protocol: 'HTTP', sink: SINK };

describe('POST /v1/subscriptions', () => {
  it('answers with the subscription, its defaults, and its secret', async () => {
    const response = await post('').send(minimal).expect(201);
    expect(response.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      types: null,
      source: null,
      filters: [],
      protocol: 'HTTP',
      sink: SINK,
      protocolsettings: { method: 'POST' },
      config: { ordering: 'none', enabled: true, max_attempts: 10, secret: expect.any(String) },
      audience: 'public',
      disabled_reason: null,
      created_by: { id: ada.user.id, username: 'ada' },
      version: 1,
      created_at: '2026-11-20T10:00:00.000Z',
      updated_at: '2026-11-20T10:00:00.000Z',
    });
    expect(isSigningSecret(response.body.config.secret!)).toBe(true);
    expect(response.headers).toMatchObject({
      location: `/v1/subscriptions/${response.body.id}`,
      etag: '"1"',
      'cache-control': 'no-store',
    });
  });

  it('shows the secret once, and stores it encrypted', async () => {
    const { id, config } = await app.subscribe(ada);
    const { body } = await app.request('get', `/v1/subscriptions/${id}`, ada).expect(200);
    expect(body.config).toEqual({ ordering: 'none', enabled: true, max_attempts: 10 });
    expect(await app.service.secretsOf(id)).toEqual([config.secret]);
    const stored = await app.connection.collection('subscriptions').findOne({ _id: id as never });
    expect(JSON.stringify(stored)).not.toContain(config.secret);
  });

  it('takes a secret of the caller’s own', async () => {
    const secret = newSigningSecret();
    const { id } = await app.subscribe(ada, { config: { secret } });
    expect(await app.service.secretsOf(id)).toEqual([secret]);
  });

  it('says where what is wrong, an unknown dialect for one', async () => {
    const filters = [{ exact: { type: 'x' } }, { sql: "type = 'x'" }];
    const { body } = await post('')
      .send({ ...minimal, protocol: 'PUSH', filters })
      .expect(400);
    expect(body.code).toBe('validation-failed');
    expect(body.errors).toEqual([
      { pointer: '/filters/1/sql', message: 'is not known here' },
      { pointer: '/filters/1', message: 'must have exactly one of exact, prefix, suffix, all, any, not' },
      { pointer: '/protocol', message: expect.stringContaining('EMAIL and PUSH are not delivered yet') },
    ]);
  });

  it('refuses sinks that are not public', async () => {
    const { body } = await post('')
      .send({ ...minimal, sink: 'http://0x7f.1/hook' })
      .expect(400);
    expect(body.errors).toEqual([{ pointer: '/sink', message: expect.stringContaining('non-public') }]);
  });

  it('refuses types that the caller may not see', async () => {
    const types = ['usher.event.created', 'com.acme.order'];
    const { body } = await post('')
      .send({ ...minimal, types })
      .expect(403);
    expect(body.errors).toEqual([{ pointer: '/types/1', message: expect.any(String) }]);
    const client = await app.test.tokens.client('subscriptions:write', 'bus:read');
    expect(await app.subscribe(client, { types })).toMatchObject({ types, audience: 'everything' });
  });

  it('repeated with the same key: is the same subscription, with the same secret', async () => {
    const send = () => post('').set('idempotency-key', 'k1').send(minimal).expect(201);
    const first = await send();
    const second = await send();
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(
      (
        await post('')
          .set('idempotency-key', 'k1')
          .send({ ...minimal, source: '/a' })
      ).status,
    ).toBe(422);
  });

  it('repeated after a crash, before the answer was kept: the same', async () => {
    const principal = { ...ada.user, roles: ['user' as const], scopes: [], expiresAt: new Date(), tokenId: 'x' };
    const { id, config } = await app.subscribe(ada);
    const details = { types: null, source: null, filters: [], protocol: 'HTTP' as const, sink: SINK };
    const again = await app.service.createSubscription(
      id,
      { ...details, config: { ordering: 'none', enabled: true, max_attempts: 10 } },
      principal,
    );
    expect(again.secret).toBe(config.secret);
  });

  it('many at once: all are there', async () => {
    const bea = await app.test.tokens.session();
    const made = await Promise.all(Array.from({ length: 40 }, () => app.subscribe(bea)));
    const { body } = await app.request('get', '/v1/subscriptions?limit=100', bea).expect(200);
    expect(body.data.map(({ id }) => id).toSorted()).toEqual(made.map(({ id }) => id).toSorted());
  });
});

describe('subscriptions of clouds', () => {
  const [first, second] = ['Zmlyc3QgYWNjZXNzIGtleQ==', 'c2Vjb25kIGFjY2VzcyBrZXk='];
  const topic = { protocol: 'EVENTGRID', sink: SINK, protocolsettings: { access_key: first } };
  const bus = { protocol: 'EVENTBRIDGE', sink: 'arn:aws:events:us-east-1:111122223333:event-bus/usher' };

  it('keep the key of a topic to themselves, and take another at once', async () => {
    const { body } = await post('').send(topic).expect(201);
    expect(body).toMatchObject({ protocol: 'EVENTGRID', protocolsettings: {} });
    expect(JSON.stringify(body)).not.toContain(first);
    expect(await app.service.secretsOf(body.id)).toEqual([first]);
    const stored = await app.connection.collection('subscriptions').findOne({ _id: body.id as never });
    expect(JSON.stringify(stored)).not.toContain(first);
    const change = (members: object) => app.request('patch', `/v1/subscriptions/${body.id}`, ada).send(members);
    await change({ protocolsettings: { access_key: second } }).expect(200);
    expect(await app.service.secretsOf(body.id)).toEqual([second]);
    expect((await change({ protocol: 'HTTP', protocolsettings: { method: 'POST' } }).expect(400)).body.errors).toEqual([
      { pointer: '/protocol', message: expect.any(String) },
      { pointer: '/protocolsettings/method', message: expect.any(String) },
    ]);
    await change({ sink: bus.sink }).expect(400);
    await post(`/${body.id}/rotate-secret`).send({}).expect(409);
  });

  it('on a bus are for admins, since events are put there by the service itself', async () => {
    expect((await post('').send(bus).expect(403)).body.errors).toEqual([
      { pointer: '/protocol', message: expect.any(String) },
    ]);
    const admin = await app.test.tokens.session({ roles: ['user', 'admin'] });
    const { body } = await post('', admin).send(bus).expect(201);
    expect(body).toMatchObject({ ...bus, protocolsettings: {} });
    expect(body.config).not.toHaveProperty('secret');
    expect(await app.service.secretsOf(body.id)).toEqual([]);
  });
});

describe('GET /v1/subscriptions', () => {
  it('lists the caller’s own in pages, and everybody’s for an admin', async () => {
    const cyd = await app.test.tokens.session();
    const admin = await app.test.tokens.session({ roles: ['user', 'admin'] });
    const own: string[] = [];
    for (let n = 0; n < 3; n += 1) own.push((await app.subscribe(cyd)).id);
    const first = await app.request('get', '/v1/subscriptions?limit=2', cyd).expect(200);
    expect(first.headers['link']).toContain('rel="next"');
    const cursor = encodeURIComponent(first.body.next_cursor!);
    const second = await app.request('get', `/v1/subscriptions?limit=2&cursor=${cursor}`, cyd).expect(200);
    expect(second.body.next_cursor).toBeNull();
    const listed = [...first.body.data, ...second.body.data];
    expect(listed.map(({ id }) => id)).toEqual(own);
    expect(JSON.stringify(listed)).not.toContain('whsec_');
    const all = await app.request('get', '/v1/subscriptions?limit=100', admin).expect(200);
    expect(all.body.data.map(({ id }) => id)).toEqual(expect.arrayContaining(own));
  });
});

describe('GET /v1/subscriptions/:id', () => {
  it('answers 304 to who has it', async () => {
    const { id } = await app.subscribe(ada);
    await app.request('get', `/v1/subscriptions/${id}`, ada).set('if-none-match', '"1"').expect(304);
    await app.request('get', `/v1/subscriptions/${id}`, ada).set('if-none-match', '"2"').expect(200);
  });
});

describe('PATCH /v1/subscriptions/:id', () => {
  const patch = (id: string, body: object) => app.request('patch', `/v1/subscriptions/${id}`, ada).send(body);

  it('changes what it names, and brings defaults back', async () => {
    const { id } = await app.subscribe(ada, { types: ['usher.event.created'], config: { max_attempts: 3 } });
    const filters = [{ not: { exact: { subject: 'events/1' } } }];
    const changed = await patch(id, { filters, config: { ordering: 'subject' } }).expect(200);
    expect(changed.body).toMatchObject({ types: ['usher.event.created'], filters, version: 2 });
    expect(changed.body.config).toEqual({ ordering: 'subject', enabled: true, max_attempts: 3 });
    expect(changed.headers['etag']).toBe('"2"');
    const reset = await patch(id, { types: null, filters: null, config: { max_attempts: null } }).expect(200);
    expect(reset.body).toMatchObject({ types: null, filters: [], config: { ordering: 'subject', max_attempts: 10 } });
  });

  it('that changes nothing: leaves the version', async () => {
    const filters = [{ all: [{ exact: { type: 'x', source: '/y' } }, { suffix: { type: 'z' } }] }];
    const { id } = await app.subscribe(ada, { filters });
    const { body } = await patch(id, { filters, sink: SINK, config: { enabled: true } }).expect(200);
    expect(body.version).toBe(1);
  });

  it('of another version: 412', async () => {
    const { id } = await app.subscribe(ada);
    await patch(id, { source: '/a' }).set('if-match', '"2"').expect(412);
    await patch(id, { source: '/a' }).set('if-match', '"1"').expect(200);
  });

  it('is held to the same rules', async () => {
    const { id } = await app.subscribe(ada);
    await patch(id, { sink: 'http://127.0.0.1/' }).expect(400);
    await patch(id, { types: ['com.acme.order'] }).expect(403);
    await patch(id, { config: { secret: newSigningSecret() } }).expect(400);
    await patch(id, { protocol: null }).expect(400);
  });

  it('by many at once: each is there', async () => {
    const { id } = await app.subscribe(ada);
    const versions = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => (await patch(id, { source: `/${n}` }).expect(200)).body.version),
    );
    expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 2));
  });
});

describe('pause and resume', () => {
  it('may be repeated', async () => {
    const { id } = await app.subscribe(ada);
    for (let n = 0; n < 2; n += 1) {
      const { body } = await post(`/${id}/pause`).expect(200);
      expect(body).toMatchObject({ config: { enabled: false }, version: 2 });
    }
    for (let n = 0; n < 2; n += 1) {
      const { body } = await post(`/${id}/resume`).expect(200);
      expect(body).toMatchObject({ config: { enabled: true }, version: 3 });
    }
    await post(`/${id}/pause`).set('if-match', '"1"').expect(412);
  });

  it('a subscription whose sink is gone says so, until it is resumed', async () => {
    const { id } = await app.subscribe(ada);
    await app.service.disableSubscription(id, 'sink-gone');
    const disabled = await app.request('get', `/v1/subscriptions/${id}`, ada).expect(200);
    expect(disabled.body).toMatchObject({ config: { enabled: false }, disabled_reason: 'sink-gone', version: 2 });
    const { body } = await post(`/${id}/resume`).expect(200);
    expect(body).toMatchObject({ config: { enabled: true }, disabled_reason: null });
  });
});

describe('test', () => {
  it('sends an event to that subscription alone, once for one key', async () => {
    const { id } = await app.subscribe(ada, { types: ['usher.event.deleted'] });
    const client = await app.test.tokens.client('subscriptions:write', 'bus:read');
    await app.subscribe(client);
    const send = () => post(`/${id}/test`).set('idempotency-key', 'k3').expect(202);
    const { body } = await send();
    expect((await send()).body).toEqual(body);
    const archive = app.connection.collection<ArchivedEvent>('archive');
    const archived = await archive.find({ type: 'usher.subscription.tested' }).toArray();
    expect(archived.map((event) => event.id)).toEqual([body.id]);
    expect(await app.matched(archived[0]!.envelope)).toEqual([id]);
  });

  it('of a paused subscription: 409', async () => {
    const { id } = await app.subscribe(ada, { config: { enabled: false } });
    await post(`/${id}/test`).expect(409);
  });
});

describe('rotate-secret', () => {
  it('shows the new one once, and signs with both for a day', async () => {
    const { id, config } = await app.subscribe(ada);
    const rotated = await post(`/${id}/rotate-secret`).expect(200);
    const { secret } = rotated.body.config;
    expect(rotated.body.version).toBe(2);
    expect(rotated.headers['cache-control']).toBe('no-store');
    expect(await app.service.secretsOf(id)).toEqual([secret, config.secret]);
    app.pass(DAY_MS);
    expect(await app.service.secretsOf(id)).toEqual([secret]);
  });

  it('takes one of the caller’s own', async () => {
    const { id } = await app.subscribe(ada);
    const secret = newSigningSecret();
    const { body } = await post(`/${id}/rotate-secret`).send({ secret }).expect(200);
    expect(body.config.secret).toBe(secret);
    await post(`/${id}/rotate-secret`).send({ secret: 'whsec_x' }).expect(400);
  });

  it('repeated with the same key: rotates once', async () => {
    const { id } = await app.subscribe(ada);
    const rotate = () => post(`/${id}/rotate-secret`).set('idempotency-key', 'k2').expect(200);
    const { body } = await rotate();
    expect((await rotate()).body).toEqual(body);
    expect(await app.service.secretsOf(id)).toHaveLength(2);
  });

  it('too often in a day: 409', async () => {
    const { id } = await app.subscribe(ada);
    for (let n = 1; n < 5; n += 1) await post(`/${id}/rotate-secret`).expect(200);
    await post(`/${id}/rotate-secret`).expect(409);
    expect(await app.service.secretsOf(id)).toHaveLength(5);
  });
});

describe('DELETE /v1/subscriptions/:id', () => {
  it('leaves nothing behind', async () => {
    const { id } = await app.subscribe(ada);
    await app.request('delete', `/v1/subscriptions/${id}`, ada).set('if-match', '"7"').expect(412);
    await app.request('delete', `/v1/subscriptions/${id}`, ada).expect(204);
    await app.request('delete', `/v1/subscriptions/${id}`, ada).expect(404);
    await app.request('get', `/v1/subscriptions/${id}`, ada).expect(404);
    expect(await app.service.find(id)).toBeUndefined();
    expect(await app.service.secretsOf(id)).toEqual([]);
  });
});
