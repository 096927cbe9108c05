import { getConnectionToken } from '@nestjs/mongoose';
import { CloudEvent, HTTP } from 'cloudevents';
import type { Connection } from 'mongoose';
import { newId } from '#kernel';
import { Gate } from './gate.js';
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
    private readonly gate: Gate,
    private readonly tokens: { producer: string; reader: string },
  ) {}

  static async start(instances = 1): Promise<BusBed> {
    const gate = new Gate();
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
