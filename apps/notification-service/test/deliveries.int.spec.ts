import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { newId } from '#kernel';
import { until } from '#testing';
import { answers, Receiver } from './receiver.js';
import { person } from './messages.js';
import { TestBed } from './test-bed.js';

interface Shown {
  id: string;
  status: string;
  attempts: unknown[];
  next_attempt_at: string | null;
}

describe('deliveries, over HTTP', () => {
  let bed: TestBed;
  let receiver: Receiver;
  const ada = person('ada');

  beforeAll(async () => {
    receiver = await Receiver.start();
    bed = await TestBed.start({ settings: { EVENTBRIDGE_ENDPOINT: new URL(receiver.url).origin } });
  }, 60_000);

  afterAll(async () => {
    await bed.close();
    await receiver.close();
  });

  const call = async (token: string, method: string, path: string, body?: object) => {
    const answer = await fetch(bed.url() + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  };

  const subscribe = async (token: string): Promise<{ id: string; secret: string }> => {
    const { status, body } = await call(token, 'POST', '/v1/subscriptions', {
      types: ['usher.event.created'],
      protocol: 'HTTP',
      sink: receiver.url,
      config: { max_attempts: 1 },
    });
    expect(status).toBe(201);
    const { id, config } = body as { id: string; config: { secret: string } };
    return { id, secret: config.secret };
  };

  const deliveriesOf = async (token: string, id: string): Promise<Shown[]> =>
    (await call(token, 'GET', `/v1/subscriptions/${id}/deliveries`)).body['data'] as Shown[];

  it('shows every attempt to whoever subscribes, and nothing to others', async () => {
    const [token, other] = [await bed.token(ada), await bed.token(person('eve'))];
    receiver.answering = answers(204);
    const { id, secret } = await subscribe(token);
    await bed.changed('created', { id: newId(), by: ada });
    await until(async () => expect(await deliveriesOf(token, id)).toMatchObject([{ status: 'succeeded' }]));
    const [delivery] = await deliveriesOf(token, id);
    const { headers, body } = receiver.received.at(-1)!;
    expect(headers['webhook-id']).toBe(delivery!.id);
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'usher.event.created',
    });
    expect(delivery).toMatchObject({
      subscription_id: id,
      channel: 'webhook',
      event: { type: 'usher.event.created', source: '/event-service' },
      attempts: [{ status: 204, error: null, stage: null, next: null }],
      next_attempt_at: null,
    });
    expect(await call(token, 'GET', `/v1/deliveries/${delivery!.id}`)).toEqual({ status: 200, body: delivery });
    for (const path of [
      `/v1/subscriptions/${id}/deliveries`,
      `/v1/deliveries/${delivery!.id}`,
      `/v1/deliveries/${newId()}`,
    ])
      expect(await call(other, 'GET', path)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('reaches clouds by the same way', async () => {
    const [token, admin] = [await bed.token(ada), await bed.clientToken('admin', 'subscriptions:write')];
    jest.replaceProperty(process, 'env', {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'AKIA',
      AWS_SECRET_ACCESS_KEY: 'secret',
    });
    receiver.answering = (response) => void response.end(JSON.stringify({ Entries: [{ EventId: '1' }] }));
    const types = ['usher.event.created'];
    const subscribed = async (who: string, members: object): Promise<string> => {
      const { status, body } = await call(who, 'POST', '/v1/subscriptions', { types, ...members });
      expect(status).toBe(201);
      return String(body['id']);
    };
    const protocolsettings = { access_key: 'c2VjcmV0IG9mIHRoZSB0b3BpYw==' };
    const sink = 'arn:aws:events:us-east-1:111122223333:event-bus/usher';
    const topic = await subscribed(token, { protocol: 'EVENTGRID', sink: receiver.url, protocolsettings });
    const bus = await subscribed(admin, { protocol: 'EVENTBRIDGE', sink });
    await bed.changed('created', { id: newId(), by: ada });
    await until(async () => {
      expect(await deliveriesOf(token, topic)).toMatchObject([{ channel: 'event-grid', status: 'succeeded' }]);
      expect(await deliveriesOf(admin, bus)).toMatchObject([{ channel: 'eventbridge', status: 'succeeded' }]);
    });
    const headers = receiver.received.map((request) => request.headers);
    expect(headers.filter((sent) => sent['aeg-sas-key'] === protocolsettings.access_key)).toHaveLength(1);
    expect(headers.filter((sent) => sent['x-amz-target'] === 'AWSEvents.PutEvents')).toHaveLength(1);
    for (const [who, id] of [
      [token, topic],
      [admin, bus],
    ] as const)
      expect(await call(who, 'DELETE', `/v1/subscriptions/${id}`)).toMatchObject({ status: 204 });
    jest.restoreAllMocks();
  });

  it('lets an admin see, redrive and discard dead letters, and nobody else', async () => {
    const [token, admin] = [await bed.token(ada), await bed.clientToken('admin')];
    receiver.answering = answers(500);
    const { id } = await subscribe(token);
    for (let number = 0; number < 3; number += 1) await bed.changed('created', { id: newId(), by: ada });
    const dead = async (): Promise<Shown[]> =>
      (await call(admin, 'GET', `/v1/dead-letters?subscription_id=${id}`)).body['data'] as Shown[];
    await until(async () => expect(await dead()).toHaveLength(3));
    const [first] = await dead();
    expect(await call(admin, 'GET', `/v1/dead-letters/${first!.id}`)).toMatchObject({
      status: 200,
      body: { kind: 'delivery', reason: 'The receiver answered 500.', attempts: [{ status: 500 }] },
    });
    expect(await call(token, 'GET', '/v1/dead-letters')).toMatchObject({ status: 403 });
    const filter = { subscription_id: id };
    for (const expected_count of [2, 4])
      expect(await call(admin, 'POST', '/v1/dead-letters/redrive', { filter, expected_count })).toMatchObject({
        status: 412,
        body: { code: 'precondition-failed' },
      });
    expect(await dead()).toHaveLength(3);
    expect(await call(admin, 'DELETE', `/v1/dead-letters/${first!.id}`)).toMatchObject({ status: 204 });
    expect(await call(admin, 'DELETE', `/v1/dead-letters/${first!.id}`)).toMatchObject({ status: 404 });
    receiver.answering = answers(204);
    expect(await call(admin, 'POST', '/v1/dead-letters/redrive', { filter, expected_count: 2 })).toMatchObject({
      status: 202,
      body: { redriven: 2 },
    });
    await until(async () => {
      const statuses = (await deliveriesOf(token, id)).map(({ status }) => status);
      expect(statuses.toSorted()).toEqual(['discarded', 'succeeded', 'succeeded']);
    });
    expect(await dead()).toEqual([]);
  });
});
