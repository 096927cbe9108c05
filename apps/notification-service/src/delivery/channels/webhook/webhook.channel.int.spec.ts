import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { newId, systemClock } from '#kernel';
import { answers, floods, hangs, Receiver, resets, stalls } from '../../../../test/receiver.js';
import type { Shipment } from '../channel.js';
import { type Behaviour, channelSuite } from '../testing/channel-suite.js';
import { WebhookChannel } from './webhook.channel.js';

const openChannel = (allowPrivate = true): WebhookChannel =>
  new WebhookChannel({ WEBHOOK_ALLOW_PRIVATE: allowPrivate }, systemClock);

const BEHAVIOURS = {
  accept: answers(204),
  fail: answers(500),
  'ask-to-wait': answers(429, { 'retry-after': '7' }),
  'break-off': resets,
  hang: hangs,
  gone: answers(410),
} satisfies Record<Behaviour, Receiver['answering']>;

channelSuite('webhook', async () => {
  const channel = openChannel();
  const receiver = await Receiver.start();
  return {
    channel,
    target: { sink: receiver.url, secrets: [receiver.secret] },
    envelope: () => ({ specversion: '1.0', id: newId(), source: '/shop', type: 'com.acme.order.placed', data: {} }),
    idOf: ({ id }) => id,
    whenGone: 'gone',
    deserted: 'http://127.0.0.1:1/',
    behave: (behaviour) => (receiver.answering = BEHAVIOURS[behaviour]),
    received: () => receiver.ids,
    close: async () => {
      await channel.onApplicationShutdown();
      await receiver.close();
    },
  };
});

describe('the webhook channel', () => {
  let channel: WebhookChannel;
  let receiver: Receiver;

  beforeAll(async () => {
    channel = openChannel();
    receiver = await Receiver.start();
  });

  afterAll(async () => {
    await channel.onApplicationShutdown();
    await receiver.close();
  });

  const shipment = (overrides: Partial<Shipment> = {}): Shipment => ({
    id: newId(),
    envelope: {
      specversion: '1.0',
      id: newId(),
      source: '/shop',
      type: 'com.acme.order.placed',
      data: { name: 'Zoë ☕' },
    },
    sink: receiver.url,
    secrets: [receiver.secret],
    replayId: null,
    ...overrides,
  });

  const deliver = (sent: Shipment, signal = AbortSignal.timeout(5_000)) => channel.deliver(sent, signal);

  /** The signature as the specification words it, without any library of webhooks. */
  const signatureBy = (secret: string, id: string, timestamp: string, body: string): string => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  };

  it('signs with every secret that is valid, as two implementations agree', async () => {
    receiver.answering = answers(200);
    const secrets = [receiver.secret, `whsec_${Buffer.from(newId() + newId() + 'old').toString('base64')}`];
    const sent = shipment({ secrets });
    await deliver(sent);
    const { headers, body } = receiver.received.at(-1)!;
    expect(JSON.parse(body)).toEqual(sent.envelope);
    for (const secret of secrets)
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(sent.envelope);
    const timestamp = String(headers['webhook-timestamp']);
    expect(headers['webhook-signature']).toBe(
      secrets.map((secret) => signatureBy(secret, sent.id, timestamp, body)).join(' '),
    );
    expect(() => new Webhook(receiver.secret).verify(`${body} `, headers as Record<string, string>)).toThrow();
  });

  it('marks what is replayed, and continues the trace of the event', async () => {
    receiver.answering = answers(200);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const replayId = newId();
    const { envelope } = shipment();
    await deliver(shipment({ replayId, envelope: { ...envelope, traceparent } }));
    expect(receiver.received.at(-1)!.headers).toMatchObject({ 'x-usher-replay': replayId, traceparent });
    await deliver(shipment());
    expect(receiver.received.at(-1)!.headers).not.toHaveProperty('x-usher-replay');
  });

  it.each([300, 301, 302, 303, 307, 308])('does not follow a redirect (%i)', async (status) => {
    const canary = await Receiver.start();
    receiver.answering = answers(status, { location: canary.url });
    expect(await deliver(shipment())).toMatchObject({ kind: 'retryable', stage: 'answer', status });
    expect(canary.received).toHaveLength(0);
    await canary.close();
  });

  it.each([400, 401, 404, 413, 500, 502])('fails on %i, and may try again', async (status) => {
    receiver.answering = answers(status, { 'retry-after': '9' });
    const outcome = await deliver(shipment());
    expect(outcome).toMatchObject({ kind: 'retryable', stage: 'answer', status });
    expect(outcome).not.toHaveProperty('retryAfter');
  });

  it('waits until the time that a 503 names', async () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    receiver.answering = answers(503, { 'retry-after': inAMinute });
    const outcome = await deliver(shipment());
    expect(outcome.kind === 'retryable' && outcome.retryAfter).toBeGreaterThan(50);
    receiver.answering = answers(503, { 'retry-after': 'soon' });
    expect(await deliver(shipment())).not.toHaveProperty('retryAfter');
  });

  it('cuts an answer off after 64 KiB, and takes it by its status', async () => {
    receiver.answering = floods;
    expect(await deliver(shipment())).toEqual({ kind: 'delivered', status: 200 });
  });

  it('does not take an answer that does not end in time', async () => {
    receiver.answering = stalls;
    expect(await deliver(shipment(), AbortSignal.timeout(200))).toMatchObject({ kind: 'retryable', stage: 'timeout' });
  });

  it('does not take what is no HTTP', async () => {
    receiver.answering = (_, request) => void request.socket.end('220 smtp.example ESMTP\r\n');
    expect(await deliver(shipment())).toMatchObject({ kind: 'retryable', stage: 'answer' });
  });

  it('sends nothing to a private address, for good', async () => {
    const guarded = openChannel(false);
    const before = receiver.received.length;
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', 'localhost'])
      expect(
        await guarded.deliver(shipment({ sink: `http://${host}:${receiver.port}/` }), AbortSignal.timeout(5_000)),
      ).toMatchObject({ kind: 'permanent', stage: 'address' });
    expect(receiver.received).toHaveLength(before);
    await guarded.onApplicationShutdown();
  });
});
