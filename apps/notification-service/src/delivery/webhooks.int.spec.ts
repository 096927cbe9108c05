import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { Webhook } from 'standardwebhooks';
import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import { createVirtualHost, deleteVirtualHost } from '#local-stack';
import { Consumers, MessagingModule } from '#messaging';
import { startTestApp, type TestApp, type TestSession, until } from '#testing';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { readConfig } from '../config.js';
import { DeliveryModule } from './delivery.module.js';
import { QUEUES } from './dispatch/delivery-queue.js';
import { SettingsModule } from '../settings.module.js';
import type { SubscriptionAnswer } from '../subscriptions/subscriptions.dto.js';
import { answers, type Received, Receiver } from '../../test/receiver.js';

const server = {
  url: process.env['USHER_TEST_RABBITMQ_URL'] ?? '',
  managementUrl: process.env['USHER_TEST_RABBITMQ_MANAGEMENT_URL'],
};
const host = `webhooks-${newId()}`;

let app: TestApp;
let receiver: Receiver;
let ada: TestSession;

beforeAll(async () => {
  const url = await createVirtualHost(server, host);
  app = await startTestApp({
    imports: [
      SettingsModule.forRoot(readConfig({ WEBHOOK_ALLOW_PRIVATE: 'true' })),
      MessagingModule.forRoot({ url, service: 'test' }),
      DeliveryModule,
    ],
  });
  app.app.connectMicroservice({ strategy: app.app.get(Consumers).eachMessage(QUEUES.webhook, 64) });
  await app.app.startAllMicroservices();
  ada = await app.tokens.session();
}, 60_000);

afterAll(async () => {
  await app.close();
  await deleteVirtualHost(server, host);
});

beforeEach(async () => {
  receiver = await Receiver.start();
});

afterEach(() => receiver.close());

const post = async (path: string, body: object = {}): Promise<SubscriptionAnswer> => {
  const response = await app.http.post(`/v1/subscriptions${path}`).set(ada.headers).send(body);
  expect([200, 201, 202]).toContain(response.status);
  return response.body as SubscriptionAnswer;
};
const subscribe = (members: object = {}) => post('', { protocol: 'HTTP', sink: receiver.url, ...members });

async function publish(subject: string): Promise<void> {
  const event: Envelope = {
    specversion: '1.0',
    id: newId(),
    source: '/event-service',
    type: 'usher.event.updated',
    subject,
    data: {},
  };
  await app.app.get(ArchiveRepository).append([event], new Date());
}

const subjects = (): unknown[] => receiver.received.map(({ body }) => (JSON.parse(body) as Envelope).subject);
const verified = (secret: string, { body, headers }: Received): unknown =>
  new Webhook(secret).verify(body, headers as Record<string, string>);

it('what is subscribed arrives, signed with the secret that was shown, and nothing else does', async () => {
  const { config } = await subscribe({ filters: [{ prefix: { subject: 'events/1' } }] });
  await publish('events/2');
  await publish('events/1');
  await until(() => expect(receiver.received).toHaveLength(1));
  expect(verified(config.secret!, receiver.received[0]!)).toMatchObject({ subject: 'events/1' });
});

it('a test arrives at the one that is tested, whatever it wants', async () => {
  const { id } = await subscribe({ types: ['usher.event.deleted'] });
  await subscribe();
  await post(`/${id}/test`);
  await publish('events/3');
  await until(() => expect(receiver.received).toHaveLength(2));
  expect(subjects().toSorted()).toEqual(['events/3', `subscriptions/${id}`]);
});

it('after a rotation, both secrets verify what arrives', async () => {
  const before = await subscribe();
  const after = await post(`/${before.id}/rotate-secret`);
  await publish('events/4');
  await until(() => expect(receiver.received).toHaveLength(1));
  for (const { config } of [before, after])
    expect(verified(config.secret!, receiver.received[0]!)).toMatchObject({ subject: 'events/4' });
});

it('once it is deleted, nothing arrives, not even what has been tried', async () => {
  receiver.answering = answers(503, { 'retry-after': '1' });
  const { id } = await subscribe();
  await publish('events/5');
  await until(() => expect(receiver.received).toHaveLength(1));
  await app.http.delete(`/v1/subscriptions/${id}`).set(ada.headers).expect(204);
  receiver.answering = answers(204);
  await subscribe();
  await publish('events/6');
  const deliveries = app.app.get<Connection>(getConnectionToken()).collection('deliveries');
  await until(async () => {
    expect(subjects()).toContain('events/6');
    expect(await deliveries.findOne({ subscription_id: id })).toMatchObject({ status: 'discarded' });
  });
  expect(subjects()).toEqual(['events/5', 'events/6']);
});

it('a receiver that is gone has its subscription disabled', async () => {
  receiver.answering = answers(410);
  const { id } = await subscribe();
  await publish('events/7');
  await until(async () => {
    const { body } = await app.http.get(`/v1/subscriptions/${id}`).set(ada.headers).expect(200);
    expect(body).toMatchObject({ disabled_reason: 'sink-gone', config: { enabled: false } });
  });
});
