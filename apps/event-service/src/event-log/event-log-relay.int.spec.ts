import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import { connect, type ChannelModel } from 'amqplib';
import type { Connection } from 'mongoose';
import { z } from 'zod';
import { createVirtualHost, deleteVirtualHost } from '#local-stack';
import { envelopeSchema, parseData } from '#contracts';
import { newId } from '#kernel';
import { MessagingModule } from '#messaging';
import { EventLog, type NewLogEntry, Transactions } from '#persistence';
import { startTestApp, type TestApp, until } from '#testing';
import { EventLogRelayModule } from './event-log-relay.module.js';

const address = {
  url: process.env['USHER_TEST_RABBITMQ_URL'] ?? '',
  managementUrl: process.env['USHER_TEST_RABBITMQ_MANAGEMENT_URL'],
};
const vhost = `relay-app-${newId()}`;
const leaseSchema = z.object({ expires_at: z.date() });

const entry = (version: number): NewLogEntry => ({
  stream: 'user/66ef00000000000000000001',
  version,
  type: 'usher.user.registered',
  subject: 'users/66ef00000000000000000001',
  data: { user: { id: '66ef00000000000000000001', username: 'ada' } },
  time: new Date(),
  actor: { id: null, username: 'system' },
});

describe('the event log of a running service', () => {
  let broker: ChannelModel;
  let test: TestApp;
  let transactions: Transactions;
  let eventLog: EventLog;
  const arrivals: { at: number; body: unknown }[] = [];

  beforeAll(async () => {
    const url = await createVirtualHost(address, vhost);
    test = await startTestApp({
      imports: [MessagingModule.forRoot({ url, service: 'test' }), EventLogRelayModule],
      providers: [Transactions],
    });
    transactions = test.app.get(Transactions);
    eventLog = test.app.get(EventLog, { strict: false });
    await until(async () => expect((await test.http.get('/health/ready')).status).toBe(200));
    broker = await connect(url);
    const channel = await broker.createChannel();
    await channel.consume(
      'notification-service.intake.v1',
      (message) => {
        const body: unknown = JSON.parse(message?.content.toString() ?? 'null');
        arrivals.push({ at: performance.now(), body });
      },
      { noAck: true },
    );
  }, 30_000);

  afterAll(async () => {
    await test.close();
    await broker.close();
    await deleteVirtualHost(address, vhost);
  });

  it('is on the bus as CloudEvents, after each commit', async () => {
    const waits: number[] = [];
    for (let version = 1; version <= 50; version += 1) {
      await transactions.run(() => eventLog.append(entry(version)));
      const committed = performance.now();
      await until(() => expect(arrivals).toHaveLength(version));
      waits.push(arrivals.at(-1)!.at - committed);
    }
    const envelopes = arrivals.map(({ body }) => envelopeSchema.parse(body));
    expect(envelopes.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 50 }, (_, index) => `${index + 1}`));
    for (const { data, dataschema } of envelopes)
      expect(parseData('usher.user.registered', data, dataschema)).toEqual(entry(1).data);
    const median = waits.sort((a, b) => a - b)[25]!;
    process.stderr.write(`relay: ${median.toFixed(1)} ms from commit to a consumer (median of 50)\n`);
  }, 60_000);

  it('is counted in the metrics', async () => {
    const { text } = await test.http.get('/metrics');
    expect(text).toMatch(/usher_relay_published_total\{[^}]*\} 50/);
    expect(text).toMatch(/usher_relay_delay_seconds_count\{[^}]*\} 50/);
  });

  it('has another instance take over at once when this one is shut down', async () => {
    const leases = test.app.get<Connection>(getConnectionToken(), { strict: false }).collection('leases');
    const before = leaseSchema.parse(await leases.findOne({ _id: 'event-log' as never }));
    expect(before.expires_at.getTime()).toBeGreaterThan(Date.now());
    const successor = await startTestApp({ database: test.database });
    await test.app.close();
    const released = successor.app.get<Connection>(getConnectionToken(), { strict: false }).collection('leases');
    const after = leaseSchema.parse(await released.findOne({ _id: 'event-log' as never }));
    expect(after.expires_at.getTime()).toBe(0);
    await successor.close();
  }, 30_000);
});
