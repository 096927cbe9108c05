import mongoose, { type Connection } from 'mongoose';
import { Agent, request } from 'undici';
import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import { type RunningSystem, type Session, until, WebhookInbox } from '#testing';
import { openLoop } from '../measure.js';

/** Each has its own rate limit, as producers do: four of them may send 400 requests a second for ever. */
const PRODUCERS = 4;
/** To each service: producers keep connections, and do not open one for each event. */
const CONNECTIONS = 50;
const ARRIVAL_MS = 120_000;

/** When each event was due to be published, and when it first came out. */
export interface Times {
  due: number;
  /** Infinite while it has not. */
  answered: number;
  received: number;
}

/** Producers of a running system, one receiver that verifies what it gets, and a look into the database. */
export class BusSetting {
  readonly source = `/bench/${newId()}`;
  private readonly times = new Map<string, Times>();
  private readonly agent = new Agent({ connections: CONNECTIONS });

  private constructor(
    readonly system: RunningSystem,
    readonly inbox: WebhookInbox,
    readonly subscriber: Session,
    readonly database: Connection,
    private readonly producers: readonly Session[],
  ) {
    inbox.onEvent = (id) => {
      const times = this.times.get(id);
      if (times !== undefined) times.received = performance.now();
    };
  }

  static async open(system: RunningSystem): Promise<BusSetting> {
    const { uri, notifications: dbName } = system.databases;
    const producers: Session[] = [];
    while (producers.length < PRODUCERS) producers.push(await system.client('bus:publish'));
    const subscriber = await system.client('bus:read', 'subscriptions:write');
    const database = await mongoose.createConnection(uri, { dbName }).asPromise();
    return new BusSetting(system, await WebhookInbox.start(), subscriber, database, producers);
  }

  async close(): Promise<void> {
    await this.agent.close();
    await this.database.close();
    await this.inbox.close();
  }

  /** Has every event of `type` brought to `receiver`; answers how to end that. */
  async subscribe(type: string, receiver: { url: string; secret: string } = this.inbox): Promise<() => Promise<void>> {
    const { id } = await this.subscriber.subscribe(receiver, { types: [type], source: this.source });
    return async () => {
      await this.subscriber.notifications('DELETE', `/v1/subscriptions/${id}`);
    };
  }

  /** Publishes events of `type`, `batch` a request, as `openLoop` does, and waits until all of them have been received. */
  async publishSteadily(
    type: string,
    { perSecond, seconds, batch = 1 }: { perSecond: number; seconds: number; batch?: number },
  ): Promise<Times[]> {
    const published: Times[] = [];
    const begun = performance.now();
    await openLoop(
      async (index) => {
        const due = begun + (index * batch * 1000) / perSecond;
        published.push(...(await this.publish(index, this.events(type, batch), due)));
      },
      { perSecond: perSecond / batch, seconds },
    );
    await this.allReceived(published);
    return published;
  }

  /** Publishes so many events at once, in batches, and waits until all of them have been received. */
  async publishAtOnce(type: string, { count, batch }: { count: number; batch: number }): Promise<Times[]> {
    const due = performance.now();
    const requests = Array.from({ length: count / batch }, (_, index) =>
      this.publish(index, this.events(type, batch), due),
    );
    const published = (await Promise.all(requests)).flat();
    await this.allReceived(published);
    return published;
  }

  events(type: string, count: number): Envelope[] {
    return Array.from({ length: count }, () => {
      const id = newId();
      const data = { order: { id, currency: 'EUR', total_cents: 4_200, lines: [{ sku: 'A-17', quantity: 2 }] } };
      return { specversion: '1.0', id, source: this.source, type, subject: `orders/${id}`, data };
    });
  }

  /** Remembers that `event` was due then, so that the inbox can tell when it came. */
  expect(event: Envelope, due: number): Times {
    const times = { due, answered: Infinity, received: Infinity };
    this.times.set(event.id, times);
    return times;
  }

  /** Answers the status. */
  async post(url: string, headers: Record<string, string>, body: string): Promise<number> {
    const answer = await request(url, { method: 'POST', headers, body, dispatcher: this.agent });
    await answer.body.dump();
    return answer.statusCode;
  }

  private async publish(index: number, events: readonly Envelope[], due: number): Promise<Times[]> {
    const expected = events.map((event) => this.expect(event, due));
    const [first] = events;
    const producer = this.producers[index % this.producers.length];
    if (first === undefined || producer === undefined) throw new Error('nothing to send, or nobody to send it');
    const [body, format] = events.length === 1 ? [first, 'cloudevents'] : [events, 'cloudevents-batch'];
    const headers = { authorization: `Bearer ${producer.token}`, 'content-type': `application/${format}+json` };
    const status = await this.post(`${producer.urls.notifications}/v1/bus/events`, headers, JSON.stringify(body));
    if (status !== 202) throw new Error(`answered ${status}`);
    const answered = performance.now();
    for (const times of expected) times.answered = answered;
    return expected;
  }

  private async allReceived(published: readonly Times[]): Promise<void> {
    await until(() => {
      const missing = published.filter(({ received }) => received === Infinity).length;
      if (missing > 0) throw new Error(`${missing} of ${published.length} have not been received`);
    }, ARRIVAL_MS);
  }
}
