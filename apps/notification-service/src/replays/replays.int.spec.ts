import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import { until } from '#testing';
import { changedData, person } from '../../test/messages.js';
import { answers } from '../../test/receiver.js';
import { DeliveriesRepository } from '../delivery/deliveries.repository.js';
import { WINDOW } from './replay.js';
import { gate, numberOf, numbers, PLACED, rangeOf, receivedOf, ReplayBed, upTo } from './testing/replay-bed.js';

const PAID = 'com.acme.order.paid';

describe('replays', () => {
  let bed: ReplayBed;

  beforeAll(async () => {
    bed = await ReplayBed.start();
  }, 60_000);

  afterEach(async () => {
    await bed.clear();
  });

  afterAll(async () => {
    await bed.close();
  });

  it('deliver what lies between two positions, in order, marked, and tell how far they are', async () => {
    const archived = await bed.archive(20);
    const subscription = await bed.subscribe();
    const { from, to } = rangeOf(archived.slice(5, 15));
    const id = await bed.replay(subscription, { from, to });
    const { progress, ended_at } = await bed.completed(id, bed.service, { hurried: false });
    expect(numbers(subscription, id)).toEqual(upTo(15).slice(5));
    expect(progress).toEqual({
      position: to,
      examined: 10,
      matched: 10,
      matched_by_type: [{ type: PLACED, count: 10 }],
      deliveries: { outstanding: 0, delivered: 10, dead: 0, discarded: 0 },
    });
    expect(ended_at).not.toBeNull();
    expect(await bed.lanes()).toBe(0);
  });

  it('take times for positions, both ends included', async () => {
    const began = bed.newest;
    await bed.archive(10);
    const subscription = await bed.subscribe();
    const at = (number: number, ms = 0): string => new Date(began + number * 1_000 + ms).toISOString();
    const ranges = [
      { from: at(3), to: at(6), expected: [3, 4, 5, 6] },
      { from: at(3, 1), to: at(7, -1), expected: [4, 5, 6] },
      { from: at(9), to: at(3_600), expected: [9, 10] },
      { from: at(4, 1), to: at(4, 2), expected: [] },
    ];
    for (const { from, to, expected } of ranges) {
      const id = await bed.replay(subscription, { from, to });
      await bed.completed(id);
      expect(numbers(subscription, id)).toEqual(expected);
    }
  });

  it.each([
    {
      whose: 'a person’s',
      asked: {},
      expected: { 'usher.event.created': 2, 'usher.event.updated': 1 },
    },
    { whose: 'a person’s', asked: { types: [PLACED] }, expected: {} },
    // An admin who asks does not lend their eyes.
    {
      whose: 'a person’s',
      by: 'admin' as const,
      asked: { types: ['usher.event.updated', PAID] },
      expected: { 'usher.event.updated': 1 },
    },
    { whose: 'a service’s', asked: {}, expected: { [PLACED]: 3, [PAID]: 2, 'usher.event.created': 2 } },
    { whose: 'a service’s', asked: { types: [PAID, 'usher.event.updated'] }, expected: { [PAID]: 2 } },
  ])(
    'count and deliver alike, and only what $whose subscription may have ($asked)',
    async ({ whose, by, asked, expected }) => {
      const ada = person('ada');
      const owner = whose === 'a person’s' ? await bed.bed.token(ada) : bed.service;
      const token = by === undefined ? owner : bed.admin;
      const types = [
        PLACED,
        PLACED,
        PAID,
        'usher.event.created',
        'usher.event.updated',
        PLACED,
        'usher.event.created',
        PAID,
      ];
      const range = rangeOf(
        await bed.archive(types.length, (number) => ({ type: types[number - 1]!, data: changedData(newId(), ada) })),
      );
      const wanted = owner === bed.service ? { types: [PLACED, PAID, 'usher.event.created'] } : {};
      const subscription = await bed.subscribe(wanted, owner);
      const dry = await bed.replay(subscription, { ...range, ...asked, dry_run: true }, token);
      const counted = (await bed.completed(dry, token)).progress;
      const total = Object.values(expected).reduce((sum, count) => sum + count, 0);
      expect(Object.fromEntries(counted.matched_by_type.map(({ type, count }) => [type, count]))).toEqual(expected);
      expect(counted).toMatchObject({ matched: total, deliveries: { delivered: 0, outstanding: 0 } });
      expect(await bed.connection.collection('deliveries').countDocuments({ replay_id: dry })).toBe(0);
      const id = await bed.replay(subscription, { ...range, ...asked }, token);
      const { progress } = await bed.completed(id, token);
      expect(progress).toEqual({ ...counted, deliveries: { ...counted.deliveries, delivered: total } });
      const expectedTypes = types.filter((type) => type in expected);
      expect(receivedOf(subscription, id).map(({ body }) => (JSON.parse(body) as Envelope).type)).toEqual(
        expectedTypes,
      );
      expect(receivedOf(subscription, dry)).toEqual([]);
    },
  );

  it('let what happens meanwhile pass, however slow they are', async () => {
    const before = await bed.archive(6);
    const subscription = await bed.subscribe();
    const held = gate(({ headers }) => headers['x-usher-replay'] !== undefined);
    subscription.receiver.answering = held.answering;
    const id = await bed.replay(subscription, rangeOf(before));
    await until(() => expect(numbers(subscription, id)).toEqual([1]));
    const since = await bed.archive(20, undefined, 7);
    await until(() => {
      const live = numbers(subscription);
      expect(since.every(({ number }) => live.includes(number))).toBe(true);
    });
    expect(numbers(subscription, id)).toEqual([1]);
    held.open();
    await bed.completed(id);
    expect(numbers(subscription, id)).toEqual(upTo(6));
  });

  it('stop when they are canceled, keep few deliveries at a time until then, and are one at a time', async () => {
    const archived = await bed.archive(WINDOW + 150);
    const subscription = await bed.subscribe();
    const held = gate((received) => received.headers['x-usher-replay'] !== undefined && numberOf(received) === 4);
    subscription.receiver.answering = held.answering;
    const asked = { subscription_id: subscription.id, ...rangeOf(archived) };
    const id = await bed.replay(subscription, asked);
    await until(() => expect(numbers(subscription, id)).toEqual([1, 2, 3, 4]));
    await until(async () => expect((await bed.read(id)).progress.deliveries.outstanding).toBeGreaterThan(WINDOW - 100));
    expect(await bed.call('POST', '/v1/replays', { ...asked, dry_run: true })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    const { status, body } = await bed.call('POST', `/v1/replays/${id}/cancel`);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'canceled', cancellation_reason: 'requested' },
    });
    const { matched, deliveries } = body.progress;
    expect(matched).toBeLessThanOrEqual(WINDOW + 3);
    expect(deliveries).toEqual({ outstanding: 0, delivered: 3, dead: 0, discarded: matched - 3 });
    held.open();
    // Another, which would come after what is left of the first.
    const next = await bed.replay(subscription, { ...asked, to: asked.from });
    await bed.completed(next);
    expect(numbers(subscription, id)).toEqual([1, 2, 3, 4]);
    expect(await bed.call('POST', `/v1/replays/${id}/cancel`)).toMatchObject({
      status: 200,
      body: { version: body.version },
    });
    expect(await bed.call('POST', `/v1/replays/${next}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    expect(await bed.lanes()).toBe(0);
  });

  it('make each delivery once, whoever is at it at the same time, and whoever dies over it', async () => {
    const archived = await bed.archive(330, (number) => (number % 11 === 0 ? { subject: 'wanted' } : {}));
    const subscription = await bed.subscribe({ filters: [{ exact: { subject: 'wanted' } }] });
    const { runners } = bed;
    const insertions = bed.bed.instances.map((instance, index) => {
      const deliveries = instance.get(DeliveriesRepository);
      const insert = deliveries.insert.bind(deliveries);
      let calls = index;
      // As if two of three died: before the deliveries were there, and with all of it done but not committed.
      return jest.spyOn(deliveries, 'insert').mockImplementation(async (...all) => {
        const turn = all[0][0]?.replay_id === null ? 2 : calls++ % 3;
        if (turn === 0) throw new Error('It has died.');
        const due = await insert(...all);
        if (turn === 1) throw new Error('It has died.');
        return due;
      });
    });
    const id = await bed.replay(subscription, rangeOf(archived));
    while ((await bed.read(id)).progress.examined < archived.length)
      await Promise.allSettled([...runners, ...runners].map((runner) => runner.step(id)));
    for (const insertion of insertions) insertion.mockRestore();
    await bed.completed(id);
    expect(numbers(subscription, id)).toEqual(upTo(30).map((number) => 11 * number));
  });

  it('go on behind what the receiver refuses for good, which is a dead letter that can be redriven', async () => {
    const archived = await bed.archive(10);
    const subscription = await bed.subscribe({ config: { max_attempts: 1 } });
    subscription.receiver.answering = (response, request, received) =>
      answers(received.headers['x-usher-replay'] !== undefined && numberOf(received) % 4 === 0 ? 500 : 204)(
        response,
        request,
        received,
      );
    const id = await bed.replay(subscription, rangeOf(archived));
    const { progress } = await bed.completed(id);
    expect(progress.deliveries).toEqual({ outstanding: 0, delivered: 8, dead: 2, discarded: 0 });
    subscription.receiver.answering = answers(204);
    const filter = { subscription_id: subscription.id };
    const redrive = await bed.call('POST', '/v1/dead-letters/redrive', { filter, expected_count: 2 }, bed.admin);
    expect(redrive.status).toBe(202);
    await until(async () => expect((await bed.read(id)).progress.deliveries.delivered).toBe(10));
    expect(numbers(subscription, id)).toEqual([...upTo(10), 4, 8]);
    expect(await bed.lanes()).toBe(0);
  });

  it('wait while the subscription is paused, and end with it', async () => {
    const archived = await bed.archive(10);
    const subscription = await bed.subscribe({ config: { enabled: false } });
    const waiting = await bed.replay(subscription, rangeOf(archived));
    expect(await bed.runners[0]!.step(waiting)).toBe(false);
    expect((await bed.read(waiting)).progress.examined).toBe(0);
    await bed.call('POST', `/v1/subscriptions/${subscription.id}/resume`);
    await bed.completed(waiting);
    const held = gate(() => true);
    subscription.receiver.answering = held.answering;
    const ended = await bed.replay(subscription, rangeOf(archived));
    await until(() => expect(numbers(subscription, ended)).toEqual([1]));
    expect((await bed.call('DELETE', `/v1/subscriptions/${subscription.id}`)).status).toBe(204);
    await until(async () =>
      expect(await bed.read(ended)).toMatchObject({ status: 'canceled', cancellation_reason: 'subscription-deleted' }),
    );
    expect((await bed.read(ended)).progress.deliveries).toMatchObject({ outstanding: 0, delivered: 0, discarded: 10 });
    held.open();
    expect(await bed.lanes()).toBe(0);
  });

  it('are the business of whoever owns the subscription, and of admins', async () => {
    const other = await bed.bed.clientToken('subscriptions:write', 'bus:read');
    const unscoped = await bed.bed.clientToken('bus:read');
    const range = rangeOf(await bed.archive(1));
    const subscription = await bed.subscribe();
    const asked = { subscription_id: subscription.id, ...range };
    const first = await bed.replay(subscription, asked);
    await bed.completed(first);
    const second = await bed.replay(subscription, asked, bed.admin);
    await bed.completed(second);
    const ids = async (who: string): Promise<string[]> =>
      (await bed.call('GET', `/v1/replays?subscription_id=${subscription.id}`, undefined, who)).body.data.map(
        ({ id }) => id,
      );
    expect(await ids(bed.service)).toEqual([second, first]);
    expect(await ids(bed.admin)).toEqual([second, first]);
    expect(await ids(other)).toEqual([]);
    for (const [method, path, body] of [
      ['POST', '/v1/replays', asked],
      ['GET', `/v1/replays/${first}`],
      ['POST', `/v1/replays/${first}/cancel`],
    ] as const) {
      expect(await bed.call(method, path, body, other)).toMatchObject({ status: 404, body: { code: 'not-found' } });
      expect(await bed.call(method, path, body, unscoped)).toMatchObject({
        status: 403,
        body: { code: 'insufficient-scope' },
      });
    }
  });

  it.each([
    [{ from: 5, to: 4 }, '/to'],
    [{ from: '2026-11-20T10:00:01Z', to: '2026-11-20T11:00:00+01:00' }, '/to'],
    [{ from: 'yesterday', to: 4 }, '/from'],
    [{ from: 0, to: 4 }, '/from'],
    [{ from: 1 }, '/to'],
    [{ from: 1, to: 2, types: [] }, '/types'],
  ])('refuse %j', async (asked, pointer) => {
    const { status, body } = await bed.call('POST', '/v1/replays', { subscription_id: newId(), ...asked });
    expect({ status, pointers: body.errors.map((error) => error.pointer) }).toEqual({
      status: 400,
      pointers: [pointer],
    });
  });

  it('have found everything by an index', async () => {
    expect(await bed.scans()).toEqual([]);
  });
});
