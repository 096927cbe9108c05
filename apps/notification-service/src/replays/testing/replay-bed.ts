import { getConnectionToken } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Connection } from 'mongoose';
import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import { Transactions } from '#persistence';
import { until } from '#testing';
import { type Answering, answers, type Received, Receiver } from '../../../test/receiver.js';
import { TestBed } from '../../../test/test-bed.js';
import { ArchiveRepository } from '../../archive/archive.repository.js';
import { DeliveryQueue } from '../../delivery/dispatch/delivery-queue.js';
import { ReplayRunner } from '../replay-runner.js';
import type { ReplayAnswer } from '../replays.dto.js';

export const PLACED = 'com.acme.order.placed';

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

interface Subscribed {
  id: string;
  receiver: Receiver;
}

/** Two instances of notification-service with an archive to replay from, subscriptions, and whoever receives. */
export class ReplayBed {
  private readonly receivers: Receiver[] = [];
  private readonly subscriptions: string[] = [];
  /** When events are archived: each batch a second after the one before, since yesterday. */
  private archivedAt = Date.now() - 86_400_000;

  private constructor(
    readonly bed: TestBed,
    /** A service client that may see everything. */
    readonly service: string,
    readonly admin: string,
  ) {}

  static async start(): Promise<ReplayBed> {
    const bed = await TestBed.start({ instances: 2 });
    const service = await bed.clientToken('subscriptions:write', 'bus:read');
    const replays = new ReplayBed(bed, service, await bed.clientToken('admin'));
    await replays.recordScans();
    return replays;
  }

  async close(): Promise<void> {
    await this.bed.close();
    await Promise.all(this.receivers.map((receiver) => receiver.close()));
  }

  /** Ends the subscriptions of a test, so that they do not hear of what others archive. */
  async clear(): Promise<void> {
    for (const id of this.subscriptions.splice(0))
      await this.call('DELETE', `/v1/subscriptions/${id}`, undefined, this.admin);
  }

  get app(): NestFastifyApplication {
    const [first] = this.bed.instances;
    if (first === undefined) throw new Error('There is no instance.');
    return first;
  }

  get connection(): Connection {
    return this.app.get<Connection>(getConnectionToken());
  }

  get runners(): ReplayRunner[] {
    return this.bed.instances.map((instance) => instance.get(ReplayRunner));
  }

  async call(method: string, path: string, body?: object, token = this.service): Promise<Called> {
    const answer = await fetch(this.bed.url() + path, {
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
  }

  /** Archives events as intake would, numbered from 1 unless told otherwise, and waits until they have been delivered live. */
  async archive(
    count: number,
    members: (number: number) => Partial<Envelope> = () => ({}),
    first = 1,
  ): Promise<Archived[]> {
    const { app } = this;
    const envelopes = Array.from({ length: count }, (_, index): Envelope => ({
      specversion: '1.0',
      id: newId(),
      source: '/shop',
      type: PLACED,
      data: { number: first + index },
      ...members(first + index),
    }));
    const archived: Archived[] = [];
    // Many at the same time, few at times of their own.
    for (const batch of count > 20 ? [envelopes] : envelopes.map((envelope) => [envelope])) {
      this.archivedAt += 1_000;
      const at = new Date(this.archivedAt);
      const rows = await app.get(Transactions).run(() => app.get(ArchiveRepository).append(batch, at));
      for (const { _id } of rows) archived.push({ position: _id, number: first + archived.length });
    }
    await until(async () => {
      const cursors = this.connection.collection<{ _id: string; counter: number }>('leases');
      const dispatcher = await cursors.findOne({ _id: 'delivery-dispatcher' });
      if (dispatcher?.counter !== archived.at(-1)?.position) throw new Error('The dispatcher is behind.');
    });
    return archived;
  }

  /** When the newest event was archived. */
  get newest(): number {
    return this.archivedAt;
  }

  async subscribe(members: object = {}, token = this.service): Promise<Subscribed> {
    const receiver = await Receiver.start();
    this.receivers.push(receiver);
    const body = { protocol: 'HTTP', sink: receiver.url, ...members };
    const { id } = (await this.call('POST', '/v1/subscriptions', body, token)).body;
    this.subscriptions.push(id);
    return { id, receiver };
  }

  /** Begins one, and answers its id. */
  async replay({ id }: { id: string }, asked: object, token = this.service): Promise<string> {
    const { status, body, headers } = await this.call('POST', '/v1/replays', { subscription_id: id, ...asked }, token);
    if (status !== 202 || headers.get('location') !== `/v1/replays/${body.id}`)
      throw new Error(`A replay was answered with ${status} ${JSON.stringify(body)}`);
    return body.id;
  }

  async read(id: string, token = this.service): Promise<ReplayAnswer> {
    return (await this.call('GET', `/v1/replays/${id}`, undefined, token)).body;
  }

  /** Waits for the end; hurries it, as every step may be taken at any time by anybody, unless it is to go by itself. */
  async completed(id: string, token = this.service, { hurried = true } = {}): Promise<ReplayAnswer> {
    const { app } = this;
    await until(async () => {
      if (hurried) await app.get(ReplayRunner).step(id);
      if (hurried) await app.get(DeliveryQueue).putDue();
      const { status } = await this.read(id, token);
      if (status !== 'completed') throw new Error(`The replay is ${status}.`);
    }, 20_000);
    return this.read(id, token);
  }

  /** How many lanes of replays there are. */
  async lanes(): Promise<number> {
    const lanes = this.connection.collection<{ _id: string }>('delivery_lanes');
    return lanes.countDocuments({ _id: /^replay:/ });
  }

  /** What has looked at every document of a collection since the start. */
  async scans(): Promise<unknown[]> {
    const scans = this.connection.collection('system.profile');
    return scans
      .find({ ns: /\.(?:archive|deliveries|delivery_lanes|replays)$/ })
      .project({ _id: 0, ns: 1, 'command.filter': 1, 'command.pipeline': 1, 'command.q': 1 })
      .toArray();
  }

  private async recordScans(): Promise<void> {
    // Whoever watches a collection scans the oplog.
    const watching = { op: { $ne: 'getmore' }, 'command.pipeline.0.$changeStream': { $exists: false } };
    await this.connection.db?.command({ profile: 1, filter: { planSummary: 'COLLSCAN', ...watching } });
  }
}

export const rangeOf = (archived: readonly Archived[]) => ({
  from: archived.at(0)?.position,
  to: archived.at(-1)?.position,
});

const isOf = (id: string | undefined) => (received: Received) => received.headers['x-usher-replay'] === id;

export const numberOf = ({ body }: Received): number => (JSON.parse(body) as { data: { number: number } }).data.number;

/** What came with a replay or, without an id, live; in the order in which it came. */
export const receivedOf = ({ receiver }: Subscribed, id?: string): Received[] => receiver.received.filter(isOf(id));

export const numbers = (subscribed: Subscribed, id?: string): number[] => receivedOf(subscribed, id).map(numberOf);

/** 1, 2, … */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Lets requests wait for their answers until it is opened. */
export function gate(holds: (received: Received) => boolean): { answering: Answering; open: () => void } {
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
}
