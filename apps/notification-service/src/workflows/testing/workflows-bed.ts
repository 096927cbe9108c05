import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import { createVirtualHost, deleteVirtualHost } from '#local-stack';
import { Consumers, MessagingModule } from '#messaging';
import { Transactions } from '#persistence';
import { startTestApp, type TestApp, type TestDatabase, testDatabase, type TestSession } from '#testing';
import { Receiver } from '../../../test/receiver.js';
import { ArchiveModule } from '../../archive/archive.module.js';
import { ArchiveRepository } from '../../archive/archive.repository.js';
import { CLOCK, CONFIG, readConfig } from '../../config.js';
import { FollowsModule } from '../../follows/follows.module.js';
import { Announcer } from '../../intake/announcer.js';
import { IntakeController } from '../../intake/intake.controller.js';
import { IntakeService } from '../../intake/intake.service.js';
import { NotificationsModule } from '../../notifications/notifications.module.js';
import { LiveFanout } from '../../realtime/live-fanout.js';
import { Follower } from '../runs/follower.js';
import { Runner } from '../runs/runner.js';
import type { RunAnswer, RunSummary } from '../runs/runs.dto.js';
import type { WorkflowAnswer } from '../workflows.dto.js';
import { WorkflowsModule } from '../workflows.module.js';

/** One that answers, and an admin whom it knows. */
type Instance = TestApp & { admin: TestSession };

/** Workflows, the bus and its intake over the run's MongoDB and RabbitMQ, with a clock that can be put forward. */
export class WorkflowsBed {
  private readonly apps: Instance[] = [];
  private readonly receivers: Receiver[] = [];
  private ahead = 0;

  private constructor(
    private readonly database: TestDatabase,
    private readonly broker: { url: string; close: () => Promise<void> },
  ) {}

  static async start(): Promise<WorkflowsBed> {
    const name = `workflows-${newId()}`;
    const server = {
      url: process.env['USHER_TEST_RABBITMQ_URL'] ?? '',
      managementUrl: process.env['USHER_TEST_RABBITMQ_MANAGEMENT_URL'],
    };
    const url = await createVirtualHost(server, name);
    const bed = new WorkflowsBed(testDatabase('test_workflows'), { url, close: () => deleteVirtualHost(server, name) });
    await bed.addInstance();
    return bed;
  }

  async addInstance(): Promise<void> {
    const settings = {
      module: class Settings {},
      global: true,
      providers: [
        { provide: CLOCK, useValue: { now: () => this.now() } },
        { provide: CONFIG, useValue: readConfig({ WEBHOOK_ALLOW_PRIVATE: 'true' }) },
      ],
      exports: [CLOCK, CONFIG],
    };
    const started = await startTestApp({
      imports: [
        settings,
        MessagingModule.forRoot({ url: this.broker.url, service: 'test' }),
        ArchiveModule,
        NotificationsModule,
        FollowsModule,
        WorkflowsModule,
      ],
      controllers: [IntakeController],
      providers: [
        IntakeService,
        Announcer,
        Transactions,
        { provide: LiveFanout, useValue: { announce: () => undefined } },
      ],
      database: this.database,
    });
    const { app } = started;
    app.connectMicroservice({ strategy: app.get(Consumers).orderedBatches('notification-service.intake.v1') });
    await app.startAllMicroservices();
    this.apps.push({ ...started, admin: await started.tokens.session({ username: 'ada', roles: ['user', 'admin'] }) });
  }

  async stop(instance: Instance): Promise<void> {
    this.apps.splice(this.apps.indexOf(instance), 1);
    await instance.close();
  }

  async close(): Promise<void> {
    await Promise.all(this.receivers.map((receiver) => receiver.close()));
    await Promise.all(this.apps.map((app) => app.close()));
    await this.database.drop();
    await this.broker.close();
  }

  /** The one that is asked. */
  get first(): Instance {
    const [first] = this.apps;
    if (first === undefined) throw new Error('There is no instance.');
    return first;
  }

  get connection(): Connection {
    return this.first.app.get(getConnectionToken());
  }

  async receiver(): Promise<Receiver> {
    const receiver = await Receiver.start();
    this.receivers.push(receiver);
    return receiver;
  }

  now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  /** Puts the clock forward. */
  pass(minutes: number): void {
    this.ahead += minutes * 60_000;
    for (const { app } of this.apps) {
      app.get(Runner).wake();
      app.get(Follower).wake();
    }
  }

  /** Archives events as intake would, all in one batch. */
  async happen(...events: Partial<Envelope>[]): Promise<Envelope[]> {
    const envelopes = events.map((event): Envelope => ({
      specversion: '1.0',
      id: newId(),
      source: '/shop',
      type: 'com.acme.order.placed',
      time: this.now().toISOString(),
      data: {},
      ...event,
    }));
    await this.happenAt(this.now(), ...envelopes);
    return envelopes;
  }

  /** The same, at a time of the archive's own. */
  async happenAt(time: Date, ...envelopes: Envelope[]): Promise<void> {
    await this.first.app.get(ArchiveRepository).append(envelopes, time);
  }

  /** The events of that type in the archive. */
  async archived(type: string): Promise<Envelope[]> {
    const found = await this.connection.collection<{ envelope: Envelope }>('archive').find({ type }).toArray();
    return found.map(({ envelope }) => envelope);
  }

  async make(steps: object[], members: object = {}): Promise<WorkflowAnswer> {
    const trigger = { types: ['com.acme.order.placed'] };
    const answer = await this.send('post', '/v1/workflows', { name: 'Orders', trigger, steps, ...members }).expect(201);
    return answer.body as WorkflowAnswer;
  }

  send(method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object) {
    const request = this.first.http[method](path).set(this.first.admin.headers);
    return body === undefined ? request : request.send(body);
  }

  async runsOf({ id }: { id: string }, query = ''): Promise<RunSummary[]> {
    const answer = await this.send('get', `/v1/workflows/${id}/runs${query}`).expect(200);
    return (answer.body as { data: RunSummary[] }).data;
  }

  /** The latest run of the workflow. */
  async runOf(workflow: { id: string }): Promise<RunAnswer> {
    const [latest] = await this.runsOf(workflow);
    if (latest === undefined) throw new Error('There is no run.');
    return (await this.send('get', `/v1/workflow-runs/${latest.id}`).expect(200)).body as RunAnswer;
  }
}
