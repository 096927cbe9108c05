import type { DynamicModule, Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { getConnectionToken } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { Connection } from 'mongoose';
import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import { createVirtualHost, deleteVirtualHost } from '#local-stack';
import { Consumers, MessagingModule } from '#messaging';
import { ObservabilityModule } from '#observability';
import { PersistenceModule } from '#persistence';
import { silentLogger, type TestDatabase, testDatabase } from '#testing';
import { ArchiveRepository } from '../../archive/archive.repository.js';
import { CLOCK, CONFIG, type Config } from '../../config.js';
import { DeliveriesRepository } from '../deliveries.repository.js';
import type { Delivery } from '../delivery.js';
import { DeliveryModule } from '../delivery.module.js';
import { QUEUES } from '../dispatch/delivery-queue.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { type Match, type Subscriber, Subscribers } from '../ports.js';
import { SubscriptionSubscribers } from '../subscription-subscribers.js';
import { Receiver } from '../../../test/receiver.js';

const PREFETCH = 256;

interface TestSubscriber extends Subscriber {
  id: string;
  ordering: 'none' | 'subject';
  /** The types that it wants; all where there are none. */
  types: string[];
}

/** Subscriptions in memory. */
export class TestSubscribers extends Subscribers {
  readonly all = new Map<string, TestSubscriber>();
  readonly disabled: string[] = [];

  add(receiver: Pick<Receiver, 'url' | 'secret'>, settings: Partial<TestSubscriber> = {}): TestSubscriber {
    const subscriber: TestSubscriber = {
      id: newId(),
      enabled: true,
      sink: receiver.url,
      secrets: [receiver.secret],
      maxAttempts: 10,
      ordering: 'none',
      types: [],
      ...settings,
    };
    this.all.set(subscriber.id, subscriber);
    return subscriber;
  }

  override match(envelopes: readonly Envelope[]): Promise<Match[]> {
    const matches = envelopes.flatMap((envelope) =>
      [...this.all.values()]
        .filter(({ enabled, types }) => enabled && (types.length === 0 || types.includes(envelope.type)))
        .map(({ id, ordering }) => ({ envelope, subscription: { id, ordering, channel: 'webhook' as const } })),
    );
    return Promise.resolve(matches);
  }

  override find(id: string): Promise<Subscriber | undefined> {
    return Promise.resolve(this.all.get(id));
  }

  override requireReadable(): Promise<void> {
    return Promise.resolve();
  }

  override disable(id: string): Promise<void> {
    const subscriber = this.all.get(id);
    if (subscriber !== undefined) subscriber.enabled = false;
    this.disabled.push(id);
    return Promise.resolve();
  }
}

/** Delivery over the run's MongoDB and RabbitMQ, with subscriptions in memory and a clock that can be put forward. */
export class DeliveryBed {
  readonly subscribers = new TestSubscribers();
  /** As every instance has it; it may be changed while they run. */
  readonly config: Partial<Config>;
  private readonly receivers: Receiver[] = [];
  private readonly apps: NestFastifyApplication[] = [];
  private ahead = 0;

  private constructor(
    private readonly database: TestDatabase,
    private readonly broker: { url: string; close: () => Promise<void> },
    private readonly imports: readonly (Type | DynamicModule)[],
    settings: Partial<Config>,
  ) {
    this.config = { NODE_ENV: 'test', WEBHOOK_ALLOW_PRIVATE: true, ...settings };
  }

  /** With whatever modules a test needs besides. */
  static async start(...imports: Type[]): Promise<DeliveryBed> {
    return DeliveryBed.startWith({}, ...imports);
  }

  static async startWith(settings: Partial<Config>, ...imports: (Type | DynamicModule)[]): Promise<DeliveryBed> {
    const name = `delivery-${newId()}`;
    const server = {
      url: process.env['USHER_TEST_RABBITMQ_URL'] ?? '',
      managementUrl: process.env['USHER_TEST_RABBITMQ_MANAGEMENT_URL'],
    };
    const url = await createVirtualHost(server, name);
    const broker = { url, close: () => deleteVirtualHost(server, name) };
    const bed = new DeliveryBed(testDatabase('test_delivery'), broker, imports, settings);
    await bed.addInstance();
    return bed;
  }

  async addInstance(): Promise<NestFastifyApplication> {
    const settings = {
      module: class Settings {},
      global: true,
      providers: [
        { provide: CLOCK, useValue: { now: () => new Date(Date.now() + this.ahead) } },
        { provide: CONFIG, useValue: this.config },
      ],
      exports: [CLOCK, CONFIG],
    };
    // There from the start, as in the service.
    const host = new HttpAdapterHost<FastifyAdapter>();
    host.httpAdapter = new FastifyAdapter();
    const testing = await Test.createTestingModule({
      imports: [
        settings,
        ObservabilityModule.forRoot({ service: 'test', logger: silentLogger() }),
        PersistenceModule.forRoot(this.database),
        MessagingModule.forRoot({ url: this.broker.url, service: 'test' }),
        DeliveryModule,
        ...this.imports,
      ],
    })
      .overrideProvider(SubscriptionSubscribers)
      .useValue(this.subscribers)
      .overrideProvider(HttpAdapterHost)
      .useValue(host)
      .compile();
    const app = testing.createNestApplication<NestFastifyApplication>(host.httpAdapter, {
      logger: false,
      bodyParser: false,
    });
    for (const queue of Object.values(QUEUES))
      app.connectMicroservice({ strategy: app.get(Consumers).eachMessage(queue, PREFETCH) });
    await app.init();
    await app.startAllMicroservices();
    this.apps.push(app);
    return app;
  }

  async close(): Promise<void> {
    await Promise.all(this.receivers.map((receiver) => receiver.close()));
    await Promise.all(this.apps.map((app) => app.close()));
    await this.database.drop();
    await this.broker.close();
  }

  /** Without what earlier tests left to do. */
  async clear(): Promise<void> {
    this.subscribers.all.clear();
    this.subscribers.disabled.length = 0;
    for (const name of ['deliveries', 'delivery_lanes', 'delivery_destinations', 'preferences'])
      await this.connection.collection(name).deleteMany({});
  }

  async stop(app: NestFastifyApplication): Promise<void> {
    this.apps.splice(this.apps.indexOf(app), 1);
    await app.close();
  }

  get app(): NestFastifyApplication {
    const [first] = this.apps;
    if (first === undefined) throw new Error('There is no instance.');
    return first;
  }

  get connection(): Connection {
    return this.app.get(getConnectionToken());
  }

  get deliveries(): DeliveriesRepository {
    return this.app.get(DeliveriesRepository);
  }

  async receiver(): Promise<Receiver> {
    const receiver = await Receiver.start();
    this.receivers.push(receiver);
    return receiver;
  }

  /** Puts the clock forward. */
  pass(ms: number): void {
    this.ahead += ms;
    for (const app of this.apps) app.get(Dispatcher).wake();
  }

  now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  /** Archives events as intake would. */
  async archive(...events: Partial<Envelope>[]): Promise<Envelope[]> {
    const envelopes = events.map((event): Envelope => ({
      specversion: '1.0',
      id: newId(),
      source: '/shop',
      type: 'com.acme.order.placed',
      time: this.now().toISOString(),
      data: { total: 12 },
      ...event,
    }));
    await this.app.get(ArchiveRepository).append(envelopes, this.now());
    return envelopes;
  }

  async count(filter: Record<string, string>): Promise<number> {
    return this.connection.collection('deliveries').countDocuments(filter);
  }

  /** Failures in a row of a subscription's destination. */
  async failures({ id }: { id: string }): Promise<number> {
    const found = await this.connection
      .collection<{ _id: string; failures: number }>('delivery_destinations')
      .findOne({ _id: id });
    return found?.failures ?? 0;
  }

  /** Everything there is for that subscription, oldest first. */
  async deliveriesTo({ id }: { id: string }): Promise<Delivery[]> {
    return (await this.deliveries.page(id, { limit: 100 })).data.toReversed();
  }

  async deliveryTo(subscription: { id: string }): Promise<Delivery | undefined> {
    return (await this.deliveriesTo(subscription))[0];
  }
}
