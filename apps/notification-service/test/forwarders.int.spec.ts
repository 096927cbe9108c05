import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAdEventsX } from '#local-stack';
import { newId } from '#kernel';
import { until } from '#testing';
import { person } from './messages.js';
import { Receiver } from './receiver.js';
import { TestBed } from './test-bed.js';

const EVENTS = '/v1/forwarders/adeventsx/events';

interface Shown {
  status: string;
  payload: { value_cents: number };
  delivery_id: string | null;
  attempts: { status: number | null; next: string | null }[];
}

describe('the forwarder to AdEventsX', () => {
  const standIn = createAdEventsX();
  let bed: TestBed;
  let token: string;
  let admin: string;

  beforeAll(async () => {
    const url = await standIn.listen({ port: 0, host: '127.0.0.1' });
    bed = await TestBed.start({ instances: 2, settings: { ADEVENTSX_URL: `${url}/events` } });
    [token, admin] = [await bed.clientToken('forward:write'), await bed.clientToken('admin')];
  }, 60_000);

  beforeEach(() => fault('none'));

  afterAll(async () => {
    await bed.close();
    await standIn.close();
  });

  const fault = async (name: string): Promise<void> => {
    const { statusCode } = await standIn.inject({ method: 'PUT', url: `/faults?fault=${name}` });
    expect(statusCode).toBe(200);
  };
  /** What was done with an event, each time it came in. */
  const seen = async (id: string): Promise<string[]> =>
    (await standIn.inject('/events'))
      .json<{ outcome: string; event: { id: string } }[]>()
      .filter(({ event }) => event.id === id)
      .map(({ outcome }) => outcome);

  const call = async (method: string, path: string, { body, as = token, instance = 0 }: CallOptions = {}) => {
    const answer = await fetch(bed.url(instance) + path, {
      method,
      headers: {
        authorization: `Bearer ${as}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  };
  interface CallOptions {
    body?: object;
    as?: string;
    instance?: number;
  }

  const newEvent = (members: object = {}) => ({
    event_id: `evt/${newId()}`,
    user_id: 'user-7',
    event_name: 'purchase',
    event_time_epoch: 1_795_161_600_123,
    value: 1.005,
    campaign_id: 'autumn-2026',
    ...members,
  });
  const forward = (body: object, options: CallOptions = {}) => call('POST', EVENTS, { body, ...options });
  const read = async (id: string, instance = 0): Promise<Shown> =>
    (await call('GET', `${EVENTS}/${encodeURIComponent(id)}`, { instance })).body as unknown as Shown;

  it('accepts an event, sends it, and tells how far it got', async () => {
    const event = newEvent();
    expect(await forward(event)).toEqual({ status: 202, body: { event_id: event.event_id, status: 'queued' } });
    await until(async () => expect(await read(event.event_id, 1)).toMatchObject({ status: 'delivered' }));
    expect(await read(event.event_id)).toMatchObject({
      event_id: event.event_id,
      payload: { id: event.event_id, ts: 1_795_161_600, value_cents: 101, source: 'internal_martech' },
      attempts: [{ status: 200, error: null, next: null }],
      next_attempt_at: null,
    });
    expect(await seen(event.event_id)).toEqual(['taken']);
  });

  it('sends an event once, however often and wherever it is given, and whatever else it says then', async () => {
    const event = newEvent();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => forward({ ...event, value: index + 1 }, { instance: index % 2 })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array.from({ length: 9 }, () => 200), 202]);
    await until(async () => expect(await read(event.event_id)).toMatchObject({ status: 'delivered' }));
    const first = answers.findIndex(({ status }) => status === 202);
    expect((await read(event.event_id)).payload.value_cents).toBe((first + 1) * 100);
    for (const instance of [0, 1])
      expect(await forward(event, { instance })).toEqual({
        status: 200,
        body: { event_id: event.event_id, status: 'delivered' },
      });
    expect(await seen(event.event_id)).toEqual(['taken']);
  });

  it('makes a dead letter of what is refused, which can be redriven', async () => {
    await fault('refuse');
    const event = newEvent();
    await forward(event);
    await until(async () => expect(await read(event.event_id)).toMatchObject({ status: 'dead_letter' }));
    const { delivery_id, attempts } = await read(event.event_id);
    expect(attempts).toMatchObject([{ status: 422, next: null }]);
    expect(await forward(event)).toMatchObject({ status: 200, body: { status: 'dead_letter' } });
    const letter = await call('GET', `/v1/dead-letters/${delivery_id}`, { as: admin });
    expect(letter.body).toMatchObject({ kind: 'delivery', channel: 'adeventsx', event: { id: event.event_id } });
    await fault('none');
    expect(await call('POST', `/v1/dead-letters/${delivery_id}/redrive`, { as: admin })).toMatchObject({ status: 202 });
    await until(async () => expect(await read(event.event_id)).toMatchObject({ status: 'delivered' }));
    expect(await seen(event.event_id)).toEqual(['refuse', 'taken']);
  });

  it.each([
    ['event_id', { event_id: '' }],
    ['event_id', { event_id: 'x'.repeat(101) }],
    ['event_id', { event_id: 'one two' }],
    ['user_id', { user_id: ' ' }],
    ['event_time_epoch', { event_time_epoch: -1 }],
    ['event_time_epoch', { event_time_epoch: 1_795_161_600_123_456 }],
    ['event_time_epoch', { event_time_epoch: '1795161600' }],
    ['value', { value: 'a lot' }],
    ['value', { value: '1e3' }],
    ['value', { value: 1e21 }],
    ['value', { value: '90071992547409.92' }],
    ['value', { value: null }],
    ['campaign_id', { campaign_id: undefined }],
    ['vaule', { vaule: 1 }],
  ])('refuses what it could not send: %s of %j', async (member, members) => {
    const { status, body } = await forward(newEvent(members));
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'validation-failed', errors: [{ pointer: `/${member}` }] });
  });

  it.each([
    ['as text', '0.285', 29],
    ['tiny', 1e-7, 0],
    ['a refund', -1.005, -101],
    ['as large as can be', '90071992547409.91', 9_007_199_254_740_991],
  ])('takes an amount %s', async (_, value, cents) => {
    const event = newEvent({ value });
    expect((await forward(event)).status).toBe(202);
    expect((await read(event.event_id)).payload.value_cents).toBe(cents);
  });

  it('is for clients with its scope, and for nobody else', async () => {
    const event = newEvent();
    for (const as of [await bed.clientToken('bus:publish', 'bus:read'), await bed.token(person('eve'))])
      for (const answer of [await forward(event, { as }), await call('GET', `${EVENTS}/x`, { as })])
        expect(answer.status).toBe(403);
    expect((await call('GET', `${EVENTS}/${newId()}`)).body).toMatchObject({ code: 'not-found' });
  });

  it('is seen on the bus by whoever may read all of it, and by no plain user', async () => {
    const ada = person('ada');
    await bed.register(ada);
    const [eyes, listener] = [await Receiver.start(), await bed.listen(ada)];
    const subscription = { types: ['usher.forwarding.requested'], protocol: 'HTTP', sink: eyes.url };
    const plain = await call('POST', '/v1/subscriptions', { body: subscription, as: await bed.token(ada) });
    expect(plain.status).not.toBe(500);
    const event = newEvent();
    await forward(event);
    await until(async () => expect(await read(event.event_id)).toMatchObject({ status: 'delivered' }));
    const reader = await bed.clientToken('bus:read');
    const path = `/v1/bus/events/${encodeURIComponent(event.event_id)}`;
    expect((await call('GET', path, { as: reader })).body).toMatchObject({ type: 'usher.forwarding.requested' });
    expect((await call('GET', path, { as: await bed.token(ada) })).status).toBe(403);
    expect(eyes.received).toHaveLength(0);
    expect(listener.received).toHaveLength(0);
    await eyes.close();
  });
});
