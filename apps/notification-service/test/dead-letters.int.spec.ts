import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { ConfirmChannel, ConsumeMessage, Options } from 'amqplib';
import type { Connection } from 'mongoose';
import { ENVELOPE_CONTENT_TYPE } from '#contracts';
import { newId } from '#kernel';
import { EXCHANGES } from '#messaging';
import { until } from '#testing';
import { Gate } from './gate.js';
import { person } from './messages.js';
import { TestBed } from './test-bed.js';

const INTAKE = 'notification-service.intake.v1';
const WORKFLOWS = 'event-service.workflows.v1';
const TYPE = 'com.acme.order.placed';
const MEGABYTE = 1_048_576;
/** As the topology has it. */
const DELIVERY_LIMIT = 20;

/** Of whatever kind: what a test looks at without a matcher. */
interface Letter {
  id: string;
  kind: string;
  dead_since: string;
  message_id: string | null;
}

const gate = new Gate();
let bed: TestBed;
let channel: ConfirmChannel;
let token: string;

beforeAll(async () => {
  await gate.open();
  // The members of a replica set are found by their own addresses, past the gate, unless the connection is direct.
  const uri = gate.before(process.env['USHER_TEST_MONGODB_URI'] ?? '');
  const settings = { MONGODB_URI: uri.replace(/replicaSet=\w+/, 'directConnection=true') };
  bed = await TestBed.start({ instances: 2, settings });
  channel = await bed.broker.createConfirmChannel();
  token = await bed.clientToken('admin', 'bus:read');
}, 60_000);
afterEach(async () => {
  for (const name of ['dead_messages', 'deliveries']) await database().collection(name).deleteMany({});
});
afterAll(async () => {
  await gate.open();
  await bed.close();
  await gate.close();
});

const database = (): Connection => bed.instances[0]!.get<Connection>(getConnectionToken());

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(bed.url(1) + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

interface LetterPage {
  data: Letter[];
  next_cursor: string | null;
}

const page = async (query: string): Promise<LetterPage> =>
  (await call('GET', `/v1/dead-letters?${query}`)).body as LetterPage;

const list = async (query = ''): Promise<Letter[]> => (await page(`limit=100${query}`)).data;

const read = async (id: string): Promise<unknown> => (await call('GET', `/v1/dead-letters/${id}`)).body;

/** The one open dead letter that there is. */
async function only(): Promise<Letter> {
  await until(async () => expect(await list()).toHaveLength(1));
  return (await list())[0]!;
}

async function publish(
  exchange: string,
  key: string,
  content: Buffer,
  properties: Options.Publish = {},
): Promise<void> {
  channel.publish(exchange, key, content, { persistent: true, ...properties });
  await channel.waitForConfirms();
}

const spoil = (queue: string, content: string | Buffer, properties: Options.Publish = {}): Promise<void> =>
  publish('', queue, Buffer.from(content), properties);

/** The next message of a queue, which gets it back. */
async function take(queue: string): Promise<ConsumeMessage> {
  const lost = await bed.broker.createChannel();
  const message = await new Promise<ConsumeMessage>((resolve) => {
    void lost.consume(queue, (delivered) => delivered && resolve(delivered));
  });
  await lost.close();
  return message;
}

const envelope = (id = newId()) => ({ specversion: '1.0', id, source: '/shop', type: TYPE, data: { total: 12 } });

const asMessage = ({ id, type }: { id: string; type: string }): Options.Publish => ({
  messageId: id,
  type,
  contentType: ENVELOPE_CONTENT_TYPE,
});

describe('whatever could not be processed', () => {
  it('is filed with all there is to know of it', async () => {
    await spoil(INTAKE, 'no JSON', { messageId: 'm1', type: TYPE, headers: { tenant: 'acme' } });
    const { id } = await only();
    expect(await read(id)).toMatchObject({
      kind: 'parked',
      status: 'open',
      queue: INTAKE,
      exchange: '',
      routing_key: INTAKE,
      reason: 'not-json',
      message_id: 'm1',
      type: TYPE,
      headers: { tenant: 'acme', 'x-usher-reason': 'not-json' },
      size: 7,
      content: { as: 'text', value: 'no JSON', whole: true },
      history: [{ what: 'filed', reason: 'not-json', redrive: null }],
      times: 1,
    });
    expect((await list())[0]).not.toHaveProperty('content');
  });

  it('may be of a megabyte, binary, with any headers, and come past every consumer', async () => {
    const bytes = Buffer.alloc(MEGABYTE, 0xff);
    let nested: unknown = 1;
    for (let level = 0; level < 500; level += 1) nested = { nested };
    const headers = { '$a.b\0': Buffer.from([0]), list: [1, null, { '!': 'timestamp', value: 7 }], nested, '': '' };
    await spoil(INTAKE, bytes, { type: TYPE, headers });
    await spoil('usher.parked.v1', bytes, { headers, expiration: '60000', replyTo: 'nobody' });
    await publish(EXCHANGES.dead, 'x'.repeat(255), Buffer.alloc(0), {
      headers: { 'x-death': 'often', 'x-usher-queue': 7 },
    });
    await until(async () => expect(await list()).toHaveLength(3));
    for (const { id } of await list()) expect(await read(id)).toMatchObject({ kind: 'parked', status: 'open' });
    const { messageCount } = await channel.checkQueue('usher.parked.v1');
    expect(messageCount).toBe(0);
  });

  it('is filed once by many instances, and copies of one message are one dead letter', async () => {
    for (let number = 0; number < 40; number += 1) await spoil(INTAKE, `no JSON ${number % 20}`, { type: TYPE });
    await until(async () => expect(await bed.parked()).toBe(40));
    expect(await list()).toHaveLength(20);
  });

  it('is filed when MongoDB is there again', async () => {
    await gate.close();
    for (let number = 0; number < 40; number += 1) await spoil('usher.parked.v1', `away ${number}`);
    await gate.open();
    await until(async () => expect(await bed.parked()).toBe(40), 30_000);
    expect(await list()).toHaveLength(40);
  });

  it('is filed too where the broker gave up on it, and goes back to its queue alone', async () => {
    const sent = envelope();
    await spoil(WORKFLOWS, JSON.stringify(sent), asMessage(sent));
    // Nobody consumes it here. A lost channel counts as a delivery in every version of the broker.
    for (let delivery = 0; delivery <= DELIVERY_LIMIT; delivery += 1) await take(WORKFLOWS);
    const letter = await only();
    const expected = { kind: 'parked', queue: WORKFLOWS, reason: 'delivery_limit', message_id: sent.id };
    expect(letter).toMatchObject({ ...expected, exchange: '', routing_key: WORKFLOWS });
    await call('POST', `/v1/dead-letters/${letter.id}/redrive`);
    const back = await take(WORKFLOWS);
    expect(JSON.parse(back.content.toString())).toEqual(sent);
    expect(Object.keys(back.properties.headers ?? {})).not.toContain('x-death');
    expect((await call('GET', `/v1/bus/events/${sent.id}`)).status).toBe(404);
  });
});

describe('a redrive', () => {
  it('of a parked message succeeds where its consumer can do it by now', async () => {
    const sent = envelope();
    const told = { 'x-usher-queue': INTAKE, 'x-usher-exchange': EXCHANGES.events, 'x-usher-routing-key': TYPE };
    const headers = { ...told, 'x-usher-reason': 'rejected', 'x-usher-detail': 'a mistake that is mended' };
    await publish(EXCHANGES.dead, TYPE, Buffer.from(JSON.stringify(sent)), { ...asMessage(sent), headers });
    const { id } = await only();
    expect(await call('POST', `/v1/dead-letters/${id}/redrive`)).toEqual({ status: 202, body: { redriven: 1 } });
    await until(async () => expect((await call('GET', `/v1/bus/events/${sent.id}`)).status).toBe(200));
    await until(async () => expect(await read(id)).toMatchObject({ status: 'redriven' }));
    expect(await list()).toEqual([]);
    expect((await call('POST', `/v1/dead-letters/${id}/redrive`)).status).toBe(404);
  });

  it('that fails again is one dead letter with two attempts, and who redrove it', async () => {
    await spoil(INTAKE, 'no JSON', { messageId: 'm1', type: TYPE });
    const { id } = await only();
    await call('POST', `/v1/dead-letters/${id}/redrive`);
    await until(async () =>
      expect(await read(id)).toMatchObject({
        status: 'open',
        times: 2,
        exchange: '',
        history: [
          { what: 'filed', redrive: null },
          { what: 'redriven', by: { username: 'A service' } },
          { what: 'filed', reason: 'not-json', redrive: 1 },
        ],
      }),
    );
    expect(await list()).toMatchObject([{ id }]);
  });

  it('of an unrouted message publishes it again where it was', async () => {
    const sent = envelope();
    await channel.unbindQueue(INTAKE, EXCHANGES.events, '#');
    await publish(EXCHANGES.events, TYPE, Buffer.from(JSON.stringify(sent)), asMessage(sent));
    const { id } = await only();
    const unrouted = { kind: 'unrouted', queue: null, exchange: EXCHANGES.events, routing_key: TYPE };
    expect(await read(id)).toMatchObject({ ...unrouted, content: { as: 'json', value: sent } });
    await call('POST', `/v1/dead-letters/${id}/redrive`);
    await until(async () => expect(await read(id)).toMatchObject({ status: 'open', times: 2 }));
    await channel.bindQueue(INTAKE, EXCHANGES.events, '#');
    await call('POST', `/v1/dead-letters/${id}/redrive`);
    await until(async () => expect((await call('GET', `/v1/bus/events/${sent.id}`)).status).toBe(200));
    await until(async () => expect(await list()).toEqual([]));
  });

  it('of many is of as many as expected, or of none', async () => {
    for (const content of ['one', 'two', 'three']) await spoil(INTAKE, content, { type: TYPE });
    await publish(EXCHANGES.unrouted, TYPE, Buffer.from('lost'));
    await until(async () => expect(await list()).toHaveLength(4));
    const redrive = (filter: object, expected_count: number) =>
      call('POST', '/v1/dead-letters/redrive', { filter, expected_count });
    expect(await redrive({ kind: 'parked' }, 4)).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    expect((await redrive({}, 3)).status).toBe(412);
    expect((await redrive({ kind: 'parked', channel: 'webhook' }, 1)).status).toBe(412);
    expect(await database().collection('dead_messages').countDocuments({ status: 'open', redrives: 0 })).toBe(4);
    expect(await redrive({ kind: 'parked', queue: INTAKE }, 3)).toEqual({ status: 202, body: { redriven: 3 } });
    await until(async () => expect(await bed.parked()).toBe(6));
    expect(await database().collection('dead_messages').countDocuments({ redrives: 1 })).toBe(3);
  });

  it('is refused of what was too large to be kept whole', async () => {
    await spoil('usher.parked.v1', Buffer.alloc(9 * MEGABYTE));
    const { id } = await only();
    expect(await read(id)).toMatchObject({ size: 9 * MEGABYTE, content: { whole: false } });
    expect(await call('POST', `/v1/dead-letters/${id}/redrive`)).toMatchObject({ status: 409 });
    expect(await list()).toHaveLength(1);
  });
});

describe('the list', () => {
  it('has all kinds in one order, page by page', async () => {
    for (const content of ['one', 'two']) await spoil(INTAKE, content, { type: TYPE });
    await until(async () => expect(await list()).toHaveLength(2));
    const delivery = newId();
    await database().collection<{ _id: string }>('deliveries').insertOne(deadDelivery(delivery));
    for (const content of ['three', 'four']) await publish(EXCHANGES.unrouted, TYPE, Buffer.from(content));
    await until(async () => expect(await list()).toHaveLength(5));
    const all = await list();
    expect(all.map(({ kind }) => kind)).toEqual(['unrouted', 'unrouted', 'delivery', 'parked', 'parked']);
    expect(await list('&kind=delivery')).toMatchObject([{ id: delivery }]);
    expect(await list(`&queue=${INTAKE}`)).toHaveLength(2);
    const paged: Letter[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { data, next_cursor }: LetterPage = await page(`limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      paged.push(...data);
      cursor = next_cursor;
    }
    expect(paged).toEqual(all);
  });

  it('has nothing that was discarded, which can be read for a while', async () => {
    await spoil(INTAKE, 'no JSON', { type: TYPE });
    const { id } = await only();
    expect((await call('DELETE', `/v1/dead-letters/${id}`)).status).toBe(204);
    expect(await list()).toEqual([]);
    expect(await read(id)).toMatchObject({ status: 'discarded', history: [{}, { what: 'discarded' }] });
    for (const [method, path] of [
      ['POST', `${id}/redrive`],
      ['DELETE', id],
    ] as const)
      expect((await call(method, `/v1/dead-letters/${path}`)).status).toBe(404);
  });

  it('is for admins', async () => {
    const authorization = `Bearer ${await bed.token(person('ada'))}`;
    for (const path of ['', `/${newId()}`])
      expect((await fetch(`${bed.url()}/v1/dead-letters${path}`, { headers: { authorization } })).status).toBe(403);
  });
});

const deadDelivery = (id: string) => ({
  _id: id,
  channel: 'webhook',
  subscription_id: newId(),
  event: { position: 1, id: 'e', source: '/shop', type: TYPE, subject: null },
  replay_id: null,
  lane: null,
  status: 'dead',
  tries: 1,
  attempts: [],
  claimable_at: null,
  enqueue_at: null,
  claim: null,
  deferrals: 0,
  created_at: new Date(),
  settled_at: new Date(),
});
