import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { SCOPES } from '#contracts';
import { signUp } from '#testing';
import type { ClientResource } from './clients.dto.js';
import { ClientsService } from './clients.service.js';
import { ClientsBed, type CreatedClient } from '../../test/clients-bed.js';

let bed: ClientsBed;
beforeAll(async () => {
  bed = await ClientsBed.start();
}, 60_000);
afterAll(() => bed.close());

interface ClientsPage {
  data: ClientResource[];
  next_cursor: string | null;
}

async function page(query = ''): Promise<ClientsPage> {
  const response = await bed.service.http.get(`/v1/clients${query}`).set(bed.admin.headers).expect(200);
  return response.body as ClientsPage;
}

describe('a service client', () => {
  it('is created with a secret that is told once', async () => {
    const { body, headers } = await bed.create({ name: 'Order service', scopes: ['bus:publish', 'bus:read'] });
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      name: 'Order service',
      scopes: ['bus:publish', 'bus:read'],
      created_by: { id: bed.admin.user.id, username: 'admin' },
      created_at: expect.stringMatching(/Z$/),
      last_used_at: null,
      client_secret: expect.stringMatching(/^usher_cs_[A-Za-z0-9_-]{43}$/),
    });
    const { client_secret, ...client } = body as CreatedClient;
    expect(headers).toMatchObject({ 'cache-control': 'no-store', location: `/v1/clients/${client.id}` });
    expect((await page()).data[0]).toEqual(client);
    const stored = await Promise.all(
      (await bed.connection.listCollections()).map(({ name }) => bed.connection.collection(name).find().toArray()),
    );
    expect(JSON.stringify(stored)).toContain(client.id);
    expect(JSON.stringify(stored)).not.toContain(client_secret.slice('usher_cs_'.length, -8));
  });

  it.each<[object, string]>([
    [{ scopes: ['bus:read'] }, '/name'],
    [{ name: '', scopes: ['bus:read'] }, '/name'],
    [{ name: ' \u200b', scopes: ['bus:read'] }, '/name'],
    [{ name: 'x'.repeat(101), scopes: ['bus:read'] }, '/name'],
    [{ name: 'a\nb', scopes: ['bus:read'] }, '/name'],
    [{ name: 'x' }, '/scopes'],
    [{ name: 'x', scopes: [] }, '/scopes'],
    [{ name: 'x', scopes: 'bus:read' }, '/scopes'],
    [{ name: 'x', scopes: ['bus:read', 'bus:read'] }, '/scopes'],
    [{ name: 'x', scopes: ['bus:read', 'bus:write'] }, '/scopes/1'],
    [{ name: 'x', scopes: ['bus:read'], client_secret: 'mine' }, '/client_secret'],
  ])('is not created from %j', async (body, pointer) => {
    const response = await bed.create(body);
    expect(response.body).toMatchObject({ status: 400, code: 'validation-failed', errors: [{ pointer }] });
  });

  it('can have a name of 100 characters, and every scope', async () => {
    await bed.create({ name: '\u{1f39f}'.repeat(100), scopes: SCOPES }).expect(201);
  });

  it('is created once for an idempotency key, whose answer is not in the database', async () => {
    const key = { 'idempotency-key': newId() };
    const description = { name: 'Once', scopes: ['bus:read'] };
    const first = await bed.create(description, key).expect(201);
    const again = await bed.create(description, key).expect(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await page()).data.filter(({ name }) => name === 'Once')).toHaveLength(1);
    const kept = await bed.connection.collection('idempotency_keys').find().toArray();
    expect(kept).not.toEqual([]);
    expect(JSON.stringify(kept)).not.toContain('usher_cs_');
  });

  it('gets another secret where the answer with the first was lost', async () => {
    const service = bed.service.app.get(ClientsService);
    const id = newId();
    const principal = { ...bed.admin.user, roles: [], scopes: [], expiresAt: new Date(), tokenId: '1' };
    const create = () => service.createClient(id, { name: 'Lost', scopes: ['bus:read'] }, principal);
    const [lost, told] = [await create(), await create()];
    expect(told.client).toEqual(lost.client);
    await bed.ask({ id, client_secret: told.secret }).expect(200);
    await bed.ask({ id, client_secret: lost.secret }).expect(401);
  });

  it('gets no token any more once it is revoked, and is not listed', async () => {
    const client = await bed.client('bus:read');
    await bed.ask(client).expect(200);
    await bed.revoke(client).expect(204);
    const refused = await bed.ask(client).expect(401);
    const unknown = await bed.ask({ ...client, id: newId() });
    const { trace_id: _, ...told } = unknown.body as Record<string, unknown>;
    expect(refused.body).toMatchObject(told);
    expect((await page('?limit=100')).data.map(({ id }) => id)).not.toContain(client.id);
    const gone = await bed.revoke(client);
    expect(gone.body).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('tells when it last got a token', async () => {
    const client = await bed.client('bus:read');
    const before = new Date();
    await bed.ask({ ...client, client_secret: 'wrong' }).expect(401);
    expect((await page()).data[0]).toMatchObject({ id: client.id, last_used_at: null });
    await bed.ask(client).expect(200);
    const [used] = (await page()).data;
    expect(used?.id).toBe(client.id);
    expect(Date.parse(used?.last_used_at ?? '')).toBeGreaterThanOrEqual(before.getTime());
  });
});

describe('the list of service clients', () => {
  it('is paged, newest first, and never tells a secret', async () => {
    for (const name of ['One', 'Two', 'Three']) await bed.create({ name, scopes: ['bus:read'] }).expect(201);
    const all = await page('?limit=100');
    expect(all.data.slice(0, 3).map(({ name }) => name)).toEqual(['Three', 'Two', 'One']);
    expect(JSON.stringify(all)).not.toMatch(/secret|hash/);
    const walked: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { data, next_cursor }: ClientsPage = await page(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      walked.push(...data.map(({ id }) => id));
      cursor = next_cursor;
    }
    expect(walked).toEqual(all.data.map(({ id }) => id));
  });
});

describe('service clients are managed', () => {
  it.each([
    ['post', '/v1/clients'],
    ['get', '/v1/clients'],
    ['delete', `/v1/clients/${'f'.repeat(24)}`],
  ] as const)('by admins and by clients with the scope admin only: %s %s', async (method, path) => {
    const as = (headers: Record<string, string>) => bed.service.http[method](path).set(headers);
    expect((await as({})).body).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect((await as((await signUp(bed.service)).headers)).body).toMatchObject({ status: 403, code: 'forbidden' });
    const client = await as(await bed.bearer(...SCOPES.filter((scope) => scope !== 'admin')));
    expect(client.body).toMatchObject({ status: 403, code: 'insufficient-scope' });
    expect(client.headers['www-authenticate']).toContain('error="insufficient_scope"');
    expect(client.headers['www-authenticate']).toContain('scope="admin"');
    const { status } = await as(await bed.bearer('admin'));
    expect(status).toBe({ post: 400, get: 200, delete: 404 }[method]);
  });

  it('by whoever created them, as is told', async () => {
    const headers = await bed.bearer('admin');
    const { body } = await bed.create({ name: 'Made by a service', scopes: ['bus:read'] }, headers).expect(201);
    expect(body).toMatchObject({ created_by: { username: 'Order service' } });
  });
});
