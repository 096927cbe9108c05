import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import type { TestSession } from '#testing';
import { type Asking, SINK, SubscriptionsApp } from './testing/subscriptions-app.js';

const CALLERS = ['anonymous', 'other', 'owner', 'admin', 'client', 'scopeless', 'adminClient'] as const;
type Caller = (typeof CALLERS)[number];

let app: SubscriptionsApp;
let sessions: Record<Exclude<Caller, 'anonymous'>, TestSession>;

beforeAll(async () => {
  app = await SubscriptionsApp.start();
  const { tokens } = app.test;
  sessions = {
    other: await tokens.session(),
    owner: await tokens.session(),
    admin: await tokens.session({ roles: ['user', 'admin'] }),
    client: await tokens.client('subscriptions:write'),
    scopeless: await tokens.client('bus:read', 'bus:publish', 'forward:write'),
    adminClient: await tokens.client('admin'),
  };
});

afterAll(() => app.test.close());

const body = { protocol: 'HTTP', sink: SINK };
const ROUTES = [
  ['get', ':id', undefined, 200],
  ['patch', ':id', { source: '/a' }, 200],
  ['post', ':id/pause', undefined, 200],
  ['post', ':id/resume', undefined, 200],
  ['post', ':id/test', undefined, 202],
  ['post', ':id/rotate-secret', {}, 200],
  ['delete', ':id', undefined, 204],
] as const;

async function statusOf(caller: Caller, [method, path, sent]: (typeof ROUTES)[number], id: string): Promise<number> {
  const who = caller === 'anonymous' ? undefined : sessions[caller];
  const request: Asking = app.request(method, `/v1/subscriptions/${path.replace(':id', id)}`, who);
  return (await (sent === undefined ? request : request.send(sent))).status;
}

describe.each(CALLERS)('%s', (caller) => {
  const allowed = { owner: true, admin: true, adminClient: true }[caller as string] === true;
  const refused = { anonymous: 401, scopeless: 403 }[caller as string];

  it.each(ROUTES)('%s %s', async (...route) => {
    const { id } = await app.subscribe(sessions.owner);
    expect(await statusOf(caller, route, id)).toBe(refused ?? (allowed ? route[3] : 404));
    expect(await statusOf(caller, route, newId())).toBe(refused ?? 404);
    expect(await statusOf(caller, route, 'x')).toBe(refused ?? 404);
    const untouched = await app.service.find(id);
    if (!allowed) expect(untouched?.version).toBe(1);
  });

  it('lists and subscribes', async () => {
    const { id } = await app.subscribe(sessions.owner);
    const who = caller === 'anonymous' ? undefined : sessions[caller];
    expect((await app.request('post', '/v1/subscriptions', who).send(body)).status).toBe(refused ?? 201);
    // Newest last: the whole list, however long it is by now.
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = await app.request('get', `/v1/subscriptions?limit=100${cursor}`, who);
      expect(page.status).toBe(refused ?? 200);
      if (refused !== undefined) return;
      seen.push(...page.body.data.map((one) => one.id));
      if (page.body.next_cursor === null) break;
      cursor = `&cursor=${encodeURIComponent(page.body.next_cursor)}`;
    }
    expect(seen.includes(id)).toBe(allowed);
  });
});

it('tells a client which scope it lacks', async () => {
  const response = await app.request('get', '/v1/subscriptions', sessions.scopeless).expect(403);
  expect(response.body.code).toBe('insufficient-scope');
  expect(response.headers['www-authenticate']).toContain('subscriptions:write');
});
