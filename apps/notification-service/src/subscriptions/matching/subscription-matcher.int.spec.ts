import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { testDatabase, type TestSession } from '#testing';
import { SubscriptionsRepository } from '../subscriptions.repository.js';
import { anEvent, SubscriptionsApp } from '../testing/subscriptions-app.js';

const DAY_MS = 24 * 3_600_000;

const database = testDatabase();
let one: SubscriptionsApp;
let other: SubscriptionsApp;
let ada: TestSession;
let client: TestSession;

beforeAll(async () => {
  one = await SubscriptionsApp.start(database);
  other = await SubscriptionsApp.start(database);
  ada = await one.test.tokens.session();
  client = await one.test.tokens.client('subscriptions:write', 'bus:read');
});

afterAll(async () => {
  await one.test.close();
  await other.test.close();
  await database.drop();
});

afterEach(async () => {
  for (const who of [ada, client]) {
    const { body } = await one.request('get', '/v1/subscriptions?limit=100', who);
    for (const { id } of body.data) await one.request('delete', `/v1/subscriptions/${id}`, who).expect(204);
  }
});

const created = anEvent('usher.event.created', { subject: 'events/1' });
const change = (id: string, body: object, who = ada) =>
  one.request('patch', `/v1/subscriptions/${id}`, who).send(body).expect(200);
const act = (id: string, action: string, who = ada) =>
  one.request('post', `/v1/subscriptions/${id}/${action}`, who).expect(200);

describe('what an instance was told, another heeds at once', () => {
  it('created, changed, paused, resumed, deleted', async () => {
    const { id } = await one.subscribe(ada, { filters: [{ exact: { subject: 'events/1' } }] });
    expect(await other.matched(created)).toEqual([id]);
    await change(id, { filters: [{ exact: { subject: 'events/2' } }] });
    expect(await other.matched(created)).toEqual([]);
    expect(await other.matched({ ...created, subject: 'events/2' })).toEqual([id]);
    await act(id, 'pause');
    expect(await other.matched({ ...created, subject: 'events/2' })).toEqual([]);
    await act(id, 'resume');
    expect(await other.matched({ ...created, subject: 'events/2' })).toEqual([id]);
    await one.request('delete', `/v1/subscriptions/${id}`, ada).expect(204);
    expect(await other.matched({ ...created, subject: 'events/2' })).toEqual([]);
  });

  it('at any moment, whatever goes on besides', async () => {
    const noise = Promise.all(
      Array.from({ length: 10 }, async () => {
        const { id } = await one.subscribe(ada, { types: ['usher.event.deleted'] });
        await act(id, 'pause');
        await one.request('delete', `/v1/subscriptions/${id}`, ada).expect(204);
      }),
    );
    for (let n = 0; n < 10; n += 1) {
      const { id } = await one.subscribe(ada);
      expect(await other.matched(created)).toEqual([id]);
      await one.request('delete', `/v1/subscriptions/${id}`, ada).expect(204);
      expect(await other.matched(created)).toEqual([]);
    }
    await noise;
  });

  it('an instance that starts later knows it all', async () => {
    const { id } = await one.subscribe(ada);
    const paused = await one.subscribe(ada);
    await act(paused.id, 'pause');
    const late = await SubscriptionsApp.start(database);
    expect(await late.matched(created)).toEqual([id]);
    await late.test.close();
  });

  it('and one that has not looked for so long that deletions are forgotten begins anew', async () => {
    const { id } = await one.subscribe(ada);
    expect(await other.matched(created)).toEqual([id]);
    await one.request('delete', `/v1/subscriptions/${id}`, ada).expect(204);
    await one.connection.collection('subscriptions_deleted').deleteMany({});
    other.pass(DAY_MS + 1);
    expect(await other.matched(created)).toEqual([]);
  });
});

it('when nothing has changed, one small read is all that a batch costs', async () => {
  const { id } = await one.subscribe(ada);
  await other.matched(created);
  const changes = jest.spyOn(other.test.app.get(SubscriptionsRepository), 'changesAfter');
  const matches = await other.matcher.match([created, anEvent('usher.event.deleted'), created]);
  expect(matches.map(({ subscription }) => subscription.id)).toEqual([id, id, id]);
  expect(changes).not.toHaveBeenCalled();
});

describe('who is told what', () => {
  const kinds = [
    anEvent('usher.event.updated'),
    anEvent('usher.booking.confirmed'),
    anEvent('usher.user.registered'),
    anEvent('com.acme.order'),
  ];
  const typesFor = async (id: string): Promise<string[]> =>
    (await other.matcher.match(kinds))
      .filter(({ subscription }) => subscription.id === id)
      .map(({ envelope }) => envelope.type);

  it('people: usher.event.* only, whatever they ask for', async () => {
    const all = await one.subscribe(ada);
    const sly = await one.subscribe(ada, {
      filters: [{ any: [{ prefix: { type: 'com.' } }, { prefix: { type: 'u' } }] }],
    });
    expect(await typesFor(all.id)).toEqual(['usher.event.updated']);
    expect(await typesFor(sly.id)).toEqual(['usher.event.updated']);
  });

  it('service clients with bus:read: everything; without: what people see', async () => {
    const weak = await one.test.tokens.client('subscriptions:write');
    const { id } = await one.subscribe(client);
    const limited = await one.subscribe(weak);
    expect(await typesFor(id)).toEqual(kinds.map(({ type }) => type));
    expect(await typesFor(limited.id)).toEqual(['usher.event.updated']);
    await one.request('delete', `/v1/subscriptions/${limited.id}`, weak).expect(204);
  });

  it('who changes their own sees as much as their token says by then', async () => {
    const asAdmin = await one.test.tokens.session({ ...ada.user, roles: ['user', 'admin'] });
    const { id } = await one.subscribe(asAdmin);
    expect(await typesFor(id)).toEqual(kinds.map(({ type }) => type));
    await change(id, { source: null });
    expect(await typesFor(id)).toEqual(['usher.event.updated']);
  });

  it('an admin who changes it does not show its owner more', async () => {
    const admin = await one.test.tokens.session({ roles: ['user', 'admin'] });
    const { id } = await one.subscribe(ada);
    await change(id, { config: { ordering: 'subject' } }, admin);
    expect(await typesFor(id)).toEqual(['usher.event.updated']);
    await one
      .request('patch', `/v1/subscriptions/${id}`, admin)
      .send({ types: ['com.acme.order'] })
      .expect(403);
  });
});

it('a match has what a delivery needs', async () => {
  const { id, sink } = await one.subscribe(ada, { config: { ordering: 'subject', max_attempts: 4 } });
  const [match] = await other.matcher.match([created]);
  expect(match).toEqual({
    envelope: created,
    subscription: expect.objectContaining({ id, sink, protocol: 'HTTP', ordering: 'subject', maxAttempts: 4 }),
  });
});
