import { connect, createServer, type Server, type Socket } from 'node:net';
import { getConnectionToken } from '@nestjs/mongoose';
import { CloudEvent, HTTP } from 'cloudevents';
import type { Connection } from 'mongoose';
import { newId } from '#kernel';
import { TestBed } from './test-bed.js';

/** Of whatever answer: what a test looks at without a matcher. */
interface AnswerBody {
  duplicate?: boolean;
  version: number;
  next_cursor: string | null;
  data: Record<string, unknown>[];
  errors: { pointer: string; message: string }[];
}

export interface Answer {
  status: number;
  headers: Headers;
  body: AnswerBody;
}

/** notification-service with a producer, a reader, and a broker that can be away. */
export class BusBed {
  private constructor(
    readonly bed: TestBed,
    private readonly gate: BrokerGate,
    private readonly tokens: { producer: string; reader: string },
  ) {}

  static async start(instances = 1): Promise<BusBed> {
    const gate = new BrokerGate();
    await gate.open();
    const bed = await TestBed.start({ instances, through: (url) => gate.before(url) });
    const tokens = { producer: await bed.clientToken('bus:publish'), reader: await bed.clientToken('bus:read') };
    return new BusBed(bed, gate, tokens);
  }

  async close(): Promise<void> {
    await this.gate.open();
    await this.bed.close();
    await this.gate.close();
  }

  async breakBroker(): Promise<void> {
    await this.gate.close();
  }

  async mendBroker(): Promise<void> {
    await this.gate.open();
  }

  get connection(): Connection {
    return this.bed.instances[0]!.get<Connection>(getConnectionToken());
  }

  /** As the SDK of CloudEvents sends it. */
  async publish(
    event: CloudEvent<unknown>,
    mode: 'binary' | 'structured' = 'structured',
    instance = 0,
  ): Promise<Answer> {
    const { headers, body } = HTTP[mode](event);
    return this.post(body as string, headers as Record<string, string>, instance);
  }

  async publishBatch(items: readonly unknown[], instance = 0): Promise<Answer> {
    return this.post(JSON.stringify(items), { 'content-type': 'application/cloudevents-batch+json' }, instance);
  }

  async post(body: string | Uint8Array | null, headers: Record<string, string>, instance = 0): Promise<Answer> {
    return this.send('POST', '/v1/bus/events', { body, headers, token: this.tokens.producer, instance });
  }

  async read(path: string): Promise<Answer> {
    return this.send('GET', path, { token: this.tokens.reader });
  }

  async register(type: string, schema: unknown, more: object = {}, instance = 0): Promise<Answer> {
    return this.send('POST', `/v1/schemas/${type}/versions`, {
      body: JSON.stringify({ schema, ...more }),
      headers: { 'content-type': 'application/json' },
      token: this.tokens.producer,
      instance,
    });
  }

  async send(
    method: string,
    path: string,
    {
      body = null,
      headers = {},
      token,
      instance = 0,
    }: { body?: string | Uint8Array | null; headers?: Record<string, string>; token?: string; instance?: number },
  ): Promise<Answer> {
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(this.bed.url(instance) + path, {
      method,
      headers: { ...headers, ...authorization },
      body: body as string | null,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text) as AnswerBody };
  }
}

export const order = (data: unknown = { total_cents: 4_200 }, more: object = {}): CloudEvent<unknown> =>
  new CloudEvent({ id: newId(), source: 'https://shop.example/orders', type: 'com.acme.order.placed', data, ...more });

/** A way to the broker that can be cut. */
class BrokerGate {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;
  private target = { host: '', port: 0 };

  /** Where the broker at `url` is reached through here. */
  before(url: string): string {
    const way = new URL(url);
    this.target = { host: way.hostname, port: Number(way.port) || 5_672 };
    way.host = `127.0.0.1:${this.port}`;
    return way.href;
  }

  async open(): Promise<void> {
    if (this.server !== undefined) return;
    const server = createServer((client) => {
      const broker = connect(this.target);
      for (const socket of [client, broker]) {
        this.sockets.add(socket);
        socket.setNoDelay(true).on('error', () => undefined);
        socket.once('close', () => {
          client.destroy();
          broker.destroy();
          this.sockets.delete(socket);
        });
      }
      client.pipe(broker).pipe(client);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}
