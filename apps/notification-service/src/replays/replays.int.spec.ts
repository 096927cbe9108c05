import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import type { Envelope, Scope } from '#contracts';
import { newId } from '#kernel';
import { Transactions } from '#persistence';
import { until } from '#testing';
import { changedData, person } from '../../test/messages.js';
import { type Answering, answers, type Received, Receiver } from '../../test/receiver.js';
import { TestBed } from '../../test/test-bed.js';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { DeliveriesRepository } from '../delivery/deliveries.repository.js';
import { DeliveryQueue } from '../delivery/dispatch/delivery-queue.js';
import { WINDOW } from './replay.js';
import { ReplayRunner } from './replay-runner.js';
import type { ReplayAnswer } from './replays.dto.js';

const PLACED = 'com.acme.order.placed';
const PAID = 'com.acme.order.paid';

interface Called {
  status: number;
  headers: Headers;
  body: ReplayAnswer & { code: string; data: ReplayAnswer[]; errors: { pointer: string }[] };
}

/** An event that was archived: where, and its number among those of its test. */
interface Archived {
  position: number;
  number: number;
}

describe('replays', () => {
  let bed: TestBed;
  let service: string;
  let admin: string;
  const receivers: Receiver[] = [];
  const subscriptions: string[] = [];
  // Each event a second after the one before, since yesterday.
  let time = Date.now() - 86_400_000;

  beforeAll(async () => {
    bed = await TestBed.start({ instances: 2 });
    service = await bed.clientToken('subscriptions:write', 'bus:read');
    admin = await bed.clientToken('admin');
    // What has to look at every document of a collection; whoever watches one looks at the oplog.
    const filter = {
      planSummary: 'COLLSCAN',
      op: { $ne: 'getmore' },
      'command.pipeline.0.$changeStream': { $exists: false },
    };
    await connection().db!.command({ profile: 1, filter });
  }, 60_000);

  afterEach(async () => {
    for (const id of subscriptions.splice(0)) await call('DELETE', `/v1/subscriptions/${id}`, undefined, admin);
  });

  afterAll(async () => {
    await bed.close();
    await Promise.all(receivers.map((receiver) => receiver.close()));
  });

  const connection = (): Connection => bed.instances[0]!.get<Connection>(getConnectionToken());

  const call = async (method: string, path: string, body?: object, token = service): Promise<Called> => {
    const answer = await fetch(bed.url() + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Called['body'],
    };
  };

  /** Archives events as intake would, numbered from 1 unless told otherwise, and waits until nobody hears of them live any more. */
  const archive = async (
    count: number,
    members: (number: number) => Partial<Envelope> = () => ({}),
    first = 1,
  ): Promise<Archived[]> => {
    const envelopes = Array.from({ length: count }, (_, index): Envelope => ({
      specversion: '1.0',
      id: newId(),
      source: '/shop',
      type: PLACED,
      data: { number: first + index },
      ...members(first + index),
    }));
    const archived: Archived[] = [];
    for (const envelope of count > 20 ? [envelopes] : envelopes.map((each) => [each])) {
      time += 1_000;
      const rows = await bed.instances[0]!.get(Transactions).run(() =>
        bed.instances[0]!.get(ArchiveRepository).append(envelope, new Date(time)),
      );
      archived.push(...rows.map(({ _id }, index) => ({ position: _id, number: first + archived.length + index })));
    }
    await until(async () => {
      const cursors = connection().collection<{ _id: string; counter: number }>('leases');
      expect(await cursors.findOne({ _id: 'delivery-dispatcher' })).toMatchObject({
        counter: archived.at(-1)?.position,
      });
    });
    return archived;
  };

  const rangeOf = (archived: readonly Archived[]) => ({
    from: archived[0]!.position,
    to: archived.at(-1)!.position,
  });

  const subscribe = async (members: object = {}, token = service): Promise<{ id: string; receiver: Receiver }> => {
    const receiver = await Receiver.start();
    receivers.push(receiver);
    const body = { protocol: 'HTTP', sink: receiver.url, ...members };
    const created = await call('POST', '/v1/subscriptions', body, token);
    expect(created.status).toBe(201);
    subscriptions.push(created.body.id);
    return { id: created.body.id, receiver };
  };

  const replay = async (subscription: { id: string }, asked: object, token = service): Promise<string> => {
    const { status, body, headers } = await call(
      'POST',
      '/v1/replays',
      { subscription_id: subscription.id, ...asked },
      token,
    );
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/v1/replays/${body.id}`);
    return body.id;
  };

  const read = async (id: string, token = service): Promise<ReplayAnswer> =>
    (await call('GET', `/v1/replays/${id}`, undefined, token)).body;

  /** Waits for the end; hurries it, as every step may be taken at any time by anybody, unless it is to go by itself. */
  const completed = async (id: string, token = service, { hurried = true } = {}): Promise<ReplayAnswer> => {
    const app = bed.instances[0]!;
    await until(async () => {
      if (hurried) await app.get(ReplayRunner).step(id);
      if (hurried) await app.get(DeliveryQueue).putDue();
      expect(await read(id, token)).toMatchObject({ status: 'completed' });
    }, 20_000);
    return read(id, token);
  };

  const lanes = (): Promise<number> =>
    connection()
      .collection<{ _id: string }>('delivery_lanes')
      .countDocuments({ _id: /^replay:/ });

  const isOf = (id: string | undefined) => (received: Received) => received.headers['x-usher-replay'] === id;
  const numberOf = ({ body }: Received): number => (JSON.parse(body) as { data: { number: number } }).data.number;
  /** The numbers of what came with a replay or, without an id, live; in the order in which they came. */
  const numbers = (receiver: Receiver, id?: string): number[] => receiver.received.filter(isOf(id)).map(numberOf);
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

  /** Lets requests wait for an answer until it is opened. */
  const gate = (holds: (received: Received) => boolean): { answering: Answering; open: () => void } => {
    const held: (() => void)[] = [];
    let isOpen = false;
    return {
      answering: (response, request, received) => {
        const go = (): void => answers(204)(response, request, received);
        if (isOpen || !holds(received)) go();
        else held.push(go);
      },
      open: () => {
        isOpen = true;
        for (const go of held.splice(0)) go();
      },
    };
  };

  it('deliver what lies between two positions, in order, marked, and tell how far they are', async () => {
    const archived = await archive(20);
    const subscription = await subscribe();
    const { from, to } = rangeOf(archived.slice(5, 15));
    const id = await replay(subscription, { from, to });
    const { progress, ended_at } = await completed(id, service, { hurried: false });
    expect(numbers(subscription.receiver, id)).toEqual(upTo(15).slice(5));
    expect(progress).toEqual({
      position: to,
      examined: 10,
      matched: 10,
      matched_by_type: [{ type: PLACED, count: 10 }],
      deliveries: { outstanding: 0, delivered: 10, dead: 0, discarded: 0 },
    });
    expect(ended_at).not.toBeNull();
    expect(await lanes()).toBe(0);
  });

  it('take times for positions, both ends included', async () => {
    const began = time;
    await archive(10);
    const subscription = await subscribe();
    const at = (number: number, ms = 0): string => new Date(began + number * 1_000 + ms).toISOString();
    const ranges = [
      { from: at(3), to: at(6), expected: [3, 4, 5, 6] },
      { from: at(3, 1), to: at(7, -1), expected: [4, 5, 6] },
      { from: at(9), to: at(3_600), expected: [9, 10] },
      { from: at(4, 1), to: at(4, 2), expected: [] },
    ];
    for (const { from, to, expected } of ranges) {
      const id = await replay(subscription, { from, to });
      await completed(id);
      expect(numbers(subscription.receiver, id)).toEqual(expected);
    }
  });

  it('count in a dry run what they then deliver: by type, and nothing that the owner may not see', async () => {
    const ada = person('ada');
    const token = await bed.token(ada);
    const made = [...(await archive(3)), ...(await archive(2, () => ({ type: PAID })))];
    for (const action of ['created', 'updated', 'created'] as const)
      made.push(
        ...(await archive(1, () => ({
          type: `usher.event.${action}`,
          source: '/event-service',
          data: changedData(newId(), ada),
        }))),
      );
    made.push(...(await archive(1, () => ({ type: 'usher.attendee.removed' }))));
    const range = rangeOf(made);
    const mine = await subscribe({}, token);
    const all = await subscribe({ types: [PLACED, PAID, 'usher.event.created'] });
    const cases = [
      { subscription: mine, token, asked: range, expected: { 'usher.event.created': 2, 'usher.event.updated': 1 } },
      { subscription: mine, token, asked: { ...range, types: [PLACED] }, expected: {} },
      // An admin does not lend their eyes.
      {
        subscription: mine,
        token: admin,
        asked: { ...range, types: ['usher.event.updated', PAID] },
        expected: { 'usher.event.updated': 1 },
      },
      {
        subscription: all,
        token: service,
        asked: range,
        expected: { [PLACED]: 3, [PAID]: 2, 'usher.event.created': 2 },
      },
      {
        subscription: all,
        token: service,
        asked: { ...range, types: [PAID, 'usher.event.updated'] },
        expected: { [PAID]: 2 },
      },
    ];
    for (const { subscription, token, asked, expected } of cases) {
      const received = (id: string): string[] =>
        subscription.receiver.received.filter(isOf(id)).map(({ body }) => (JSON.parse(body) as Envelope).type);
      const matched_by_type = Object.entries(expected).map(([type, count]) => ({ type, count }));
      const dry = await replay(subscription, { ...asked, dry_run: true }, token);
      const counted = (await completed(dry, token)).progress;
      expect(counted).toMatchObject({ matched_by_type, deliveries: { delivered: 0, outstanding: 0 } });
      expect(await connection().collection('deliveries').countDocuments({ replay_id: dry })).toBe(0);
      const real = await replay(subscription, asked, token);
      const { progress } = await completed(real, token);
      expect({ ...progress, deliveries: counted.deliveries }).toEqual(counted);
      expect(progress.deliveries.delivered).toBe(counted.matched);
      expect(Map.groupBy(received(real), (type) => type).size).toBe(matched_by_type.length);
      expect(received(real)).toHaveLength(counted.matched);
      expect(received(dry)).toEqual([]);
    }
  });

  it('let what happens meanwhile pass, however slow they are', async () => {
    const before = await archive(6);
    const subscription = await subscribe();
    const held = gate(({ headers }) => headers['x-usher-replay'] !== undefined);
    subscription.receiver.answering = held.answering;
    const id = await replay(subscription, rangeOf(before));
    await until(() => expect(numbers(subscription.receiver, id)).toEqual([1]));
    const since = await archive(20, undefined, 7);
    await until(() => {
      const live = numbers(subscription.receiver);
      expect(since.every(({ number }) => live.includes(number))).toBe(true);
    });
    expect(numbers(subscription.receiver, id)).toEqual([1]);
    held.open();
    await completed(id);
    expect(numbers(subscription.receiver, id)).toEqual(upTo(6));
  });

  it('stop when they are canceled, keep few deliveries at a time until then, and are one at a time', async () => {
    const archived = await archive(WINDOW + 150);
    const subscription = await subscribe();
    const held = gate((received) => received.headers['x-usher-replay'] !== undefined && numberOf(received) === 4);
    subscription.receiver.answering = held.answering;
    const asked = { subscription_id: subscription.id, ...rangeOf(archived) };
    const id = await replay(subscription, asked);
    await until(() => expect(numbers(subscription.receiver, id)).toEqual([1, 2, 3, 4]));
    await until(async () => expect((await read(id)).progress.deliveries.outstanding).toBeGreaterThan(WINDOW - 100));
    expect(await call('POST', '/v1/replays', { ...asked, dry_run: true })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    const { status, body } = await call('POST', `/v1/replays/${id}/cancel`);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'canceled', cancellation_reason: 'requested' },
    });
    const { matched, deliveries } = body.progress;
    expect(matched).toBeLessThanOrEqual(WINDOW + 3);
    expect(deliveries).toEqual({ outstanding: 0, delivered: 3, dead: 0, discarded: matched - 3 });
    held.open();
    // Another, which would come after what is left of the first.
    const next = await replay(subscription, { ...asked, to: asked.from });
    await completed(next);
    expect(numbers(subscription.receiver, id)).toEqual([1, 2, 3, 4]);
    expect(await call('POST', `/v1/replays/${id}/cancel`)).toMatchObject({
      status: 200,
      body: { version: body.version },
    });
    expect(await call('POST', `/v1/replays/${next}/cancel`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await lanes()).toBe(0);
  });

  it('make each delivery once, whoever is at it at the same time, and whoever dies over it', async () => {
    const archived = await archive(330, (number) => (number % 11 === 0 ? { subject: 'wanted' } : {}));
    const subscription = await subscribe({ filters: [{ exact: { subject: 'wanted' } }] });
    const runners = bed.instances.map((instance) => instance.get(ReplayRunner));
    const insertions = bed.instances.map((instance, index) => {
      const deliveries = instance.get(DeliveriesRepository);
      const insert = deliveries.insert.bind(deliveries);
      let calls = index;
      // As if every other one died with its work done and nothing committed.
      return jest.spyOn(deliveries, 'insert').mockImplementation(async (...all) => {
        await insert(...all);
        if (all[0][0]?.replay_id !== null && (calls += 1) % 2 === 0) throw new Error('It has died.');
      });
    });
    const id = await replay(subscription, rangeOf(archived));
    while ((await read(id)).progress.examined < archived.length)
      await Promise.allSettled([...runners, ...runners].map((runner) => runner.step(id)));
    for (const insertion of insertions) insertion.mockRestore();
    await completed(id);
    expect(numbers(subscription.receiver, id)).toEqual(upTo(30).map((number) => 11 * number));
  });

  it('go on behind what the receiver refuses for good, which is a dead letter that can be redriven', async () => {
    const archived = await archive(10);
    const subscription = await subscribe({ config: { max_attempts: 1 } });
    subscription.receiver.answering = (response, request, received) =>
      answers(received.headers['x-usher-replay'] !== undefined && numberOf(received) % 4 === 0 ? 500 : 204)(
        response,
        request,
        received,
      );
    const id = await replay(subscription, rangeOf(archived));
    const { progress } = await completed(id);
    expect(progress.deliveries).toEqual({ outstanding: 0, delivered: 8, dead: 2, discarded: 0 });
    subscription.receiver.answering = answers(204);
    const filter = { subscription_id: subscription.id };
    const redrive = await call('POST', '/v1/dead-letters/redrive', { filter, expected_count: 2 }, admin);
    expect(redrive.status).toBe(202);
    await until(async () => expect((await read(id)).progress.deliveries.delivered).toBe(10));
    expect(numbers(subscription.receiver, id)).toEqual([...upTo(10), 4, 8]);
    expect(await lanes()).toBe(0);
  });

  it('wait while the subscription is paused, and end with it', async () => {
    const archived = await archive(10);
    const subscription = await subscribe({ config: { enabled: false } });
    const waiting = await replay(subscription, rangeOf(archived));
    const runner = bed.instances[0]!.get(ReplayRunner);
    expect(await runner.step(waiting)).toBe(false);
    expect((await read(waiting)).progress.examined).toBe(0);
    await call('POST', `/v1/subscriptions/${subscription.id}/resume`);
    await completed(waiting);
    const held = gate(() => true);
    subscription.receiver.answering = held.answering;
    const ended = await replay(subscription, rangeOf(archived));
    await until(() => expect(numbers(subscription.receiver, ended)).toEqual([1]));
    expect((await call('DELETE', `/v1/subscriptions/${subscription.id}`)).status).toBe(204);
    await until(async () =>
      expect(await read(ended)).toMatchObject({ status: 'canceled', cancellation_reason: 'subscription-deleted' }),
    );
    expect((await read(ended)).progress.deliveries).toMatchObject({ outstanding: 0, delivered: 0, discarded: 10 });
    held.open();
    expect(await lanes()).toBe(0);
  });

  it('are the business of whoever owns the subscription, and of admins', async () => {
    const token = async (...scopes: Scope[]): Promise<string> => bed.clientToken(...scopes);
    const [other, unscoped] = [await token('subscriptions:write', 'bus:read'), await token('bus:read')];
    const [{ position }] = (await archive(1)) as [Archived];
    const subscription = await subscribe();
    const asked = { subscription_id: subscription.id, from: position, to: position };
    const first = await replay(subscription, asked);
    await completed(first);
    const second = await replay(subscription, asked, admin);
    await completed(second);
    const ids = async (who: string): Promise<string[]> =>
      (await call('GET', `/v1/replays?subscription_id=${subscription.id}`, undefined, who)).body.data.map(
        ({ id }) => id,
      );
    expect(await ids(service)).toEqual([second, first]);
    expect(await ids(admin)).toEqual([second, first]);
    expect(await ids(other)).toEqual([]);
    for (const [method, path, body] of [
      ['POST', '/v1/replays', asked],
      ['GET', `/v1/replays/${first}`],
      ['POST', `/v1/replays/${first}/cancel`],
    ] as const) {
      expect(await call(method, path, body, other)).toMatchObject({ status: 404, body: { code: 'not-found' } });
      expect(await call(method, path, body, unscoped)).toMatchObject({
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
    const { status, body } = await call('POST', '/v1/replays', { subscription_id: newId(), ...asked });
    expect({ status, pointers: body.errors.map((error) => error.pointer) }).toEqual({
      status: 400,
      pointers: [pointer],
    });
  });

  it('have found everything by an index', async () => {
    const scans = await connection()
      .collection('system.profile')
      .find({ ns: /\.(?:archive|deliveries|delivery_lanes|replays)$/ })
      .toArray();
    expect(scans.map(({ ns, command }) => ({ ns: ns as string, command: command as unknown }))).toEqual([]);
  });
});
