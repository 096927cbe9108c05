import { type ChannelModel, type ConfirmChannel, connect, type ConsumeMessage } from 'amqplib';
import { createVirtualHost, deleteVirtualHost } from '#local-stack';
import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import { HealthProbes, Metrics } from '#observability';
import { silentLogger, until } from '#testing';
import { BrokerConnection } from '../src/broker/broker-connection.js';
import { Publisher } from '../src/broker/publisher.js';
import type { OutgoingMessage } from '../src/broker/publisher.js';
import { EXCHANGES } from '../src/topology.js';

export const silent = silentLogger();

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** A virtual host of this test file's own, seen from outside of the code under test. */
export class TestBroker {
  private constructor(
    readonly url: string,
    readonly managementUrl: string,
    readonly vhost: string,
    private readonly model: ChannelModel,
  ) {}

  static async open(
    name: string,
    address = {
      url: required('USHER_TEST_RABBITMQ_URL'),
      managementUrl: required('USHER_TEST_RABBITMQ_MANAGEMENT_URL'),
    },
  ): Promise<TestBroker> {
    const vhost = `${name}-${newId()}`;
    const url = await createVirtualHost(address, vhost);
    const model = await connect(url);
    // A broker that a test stops takes this connection with it.
    model.on('error', () => undefined);
    return new TestBroker(url, address.managementUrl, vhost, model);
  }

  async close(): Promise<void> {
    await this.model.close();
    const { protocol, host, username, password } = new URL(this.url);
    await deleteVirtualHost(
      { url: `${protocol}//${username}:${password}@${host}`, managementUrl: this.managementUrl },
      this.vhost,
    );
  }

  /** Puts messages into a queue, whatever they are. */
  async send(queue: string, ...messages: { content: Buffer; type?: string; headers?: object }[]): Promise<void> {
    const channel = await this.channel();
    for (const { content, ...properties } of messages)
      channel.sendToQueue(queue, content, { persistent: true, ...properties });
    await channel.waitForConfirms();
    await channel.close();
  }

  async depth(queue: string): Promise<number> {
    const channel = await this.channel();
    const { messageCount } = await channel.checkQueue(queue);
    await channel.close();
    return messageCount;
  }

  async deleteQueue(queue: string): Promise<void> {
    const channel = await this.channel();
    await channel.deleteQueue(queue);
    await channel.close();
  }

  async unbindQueue(queue: string, exchange: string, pattern: string): Promise<void> {
    const channel = await this.channel();
    await channel.unbindQueue(queue, exchange, pattern);
    await channel.close();
  }

  async deleteExchange(exchange: string): Promise<void> {
    const channel = await this.channel();
    await channel.deleteExchange(exchange);
    await channel.close();
  }

  /** Takes `count` messages out of a queue, or what there is of them within five seconds. */
  async drain(queue: string, count: number): Promise<ConsumeMessage[]> {
    const messages: ConsumeMessage[] = [];
    if (count === 0) return messages;
    const channel = await this.channel();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, 5_000);
      const take = (message: ConsumeMessage | null): void => {
        if (message !== null) messages.push(message);
        if (messages.length < count) return;
        clearTimeout(timer);
        resolve();
      };
      channel.consume(queue, take, { noAck: true }).catch(reject);
    });
    await channel.close();
    return messages;
  }

  /** Has the broker close the connections whose names contain `name`, as an operator would. */
  async closeConnections(name: string): Promise<number> {
    const connections = (await this.manage('GET', '/api/connections')) as {
      name: string;
      vhost: string;
      user_provided_name?: string;
    }[];
    const ours = connections.filter(
      (connection) => connection.vhost === this.vhost && (connection.user_provided_name ?? '').includes(name),
    );
    for (const connection of ours)
      await this.manage('DELETE', `/api/connections/${encodeURIComponent(connection.name)}`);
    return ours.length;
  }

  /** An error on it is for the call that caused it. */
  private async channel(): Promise<ConfirmChannel> {
    const channel = await this.model.createConfirmChannel();
    channel.on('error', () => undefined);
    return channel;
  }

  private async manage(method: string, path: string): Promise<unknown> {
    const { username, password } = new URL(this.url);
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const response = await fetch(new URL(path, this.managementUrl), { method, headers: { authorization } });
    return response.status === 204 || response.status === 404 ? undefined : response.json();
  }
}

/** A publisher with a connection of its own, ready to be used. */
export async function openPublisher(
  url: string,
  name = 'test',
): Promise<{ publisher: Publisher; close: () => Promise<void> }> {
  const connection = new BrokerConnection({ url, name, logger: silent });
  const publisher = new Publisher(connection, new HealthProbes(), silent);
  await eventually(() => publisher.ready);
  return { publisher, close: () => connection.close() };
}

export const testMetrics = (): Metrics => new Metrics('test');

export const envelopeOf = (sequence: number, data: unknown = {}): Envelope => ({
  specversion: '1.0',
  id: newId(),
  source: '/test',
  type: 'test.happened',
  subject: 'tests/1',
  time: new Date().toISOString(),
  sequence: String(sequence),
  data,
});

export const messageOf = (envelope: Envelope): OutgoingMessage => ({
  exchange: EXCHANGES.events,
  routingKey: envelope.type,
  content: Buffer.from(JSON.stringify(envelope)),
  properties: { messageId: envelope.id, type: envelope.type, contentType: 'application/cloudevents+json' },
});

/** Waits until `condition` holds, for `ms` milliseconds at most. */
export async function eventually(condition: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  await until(async () => {
    if (!(await condition())) throw new Error(`not within ${ms} ms: ${condition.toString()}`);
  }, ms);
}
