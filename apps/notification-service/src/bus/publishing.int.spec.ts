import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inLanes, newId } from '#kernel';
import { until } from '#testing';
import { BusBed, order } from '../../test/bus-bed.js';

const SOURCE = 'https://shop.example/orders';
const plain = (more: object = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: newId(),
  source: SOURCE,
  type: 'com.acme.order.placed',
  data: { total_cents: 1 },
  ...more,
});

let bus: BusBed;
beforeAll(async () => {
  bus = await BusBed.start(2);
}, 60_000);
afterAll(() => bus.close());

const archived = async (id: string): Promise<Record<string, unknown>> => {
  let found: Record<string, unknown> = {};
  await until(async () => {
    const { status, body } = await bus.read(`/v1/bus/events/${encodeURIComponent(id)}`);
    expect(status).toBe(200);
    found = { ...body };
  });
  return found;
};

describe('an event', () => {
  it.each(['structured', 'binary'] as const)('that the SDK sends in %s mode is archived as it is', async (mode) => {
    const event = order({ total_cents: 1, note: 'ä' }, { subject: 'orders/7', tenant: 'acme' });
    const answer = await bus.publish(event, mode);
    expect(answer).toMatchObject({ status: 202, body: { id: event.id, source: SOURCE, duplicate: false } });
    const { time, data, subject, type } = event;
    expect(await archived(event.id)).toMatchObject({ time, data, subject, type, tenant: 'acme', specversion: '1.0' });
  });

  it('gets the trace of its request where it has none, and keeps its own', async () => {
    const [traced, untraced] = [
      plain({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, correlationid: 'c-1' }),
      plain(),
    ];
    const headers = {
      'content-type': 'application/cloudevents+json',
      traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`,
    };
    for (const event of [traced, untraced]) expect((await bus.post(JSON.stringify(event), headers)).status).toBe(202);
    expect(await archived(String(traced['id']))).toMatchObject({
      traceparent: traced['traceparent'],
      correlationid: 'c-1',
    });
    expect(await archived(String(untraced['id']))).toMatchObject({
      traceparent: expect.stringMatching(`^00-${'c'.repeat(32)}-`),
      correlationid: 'c'.repeat(32),
    });
  });

  it('may have data that are not JSON, or none', async () => {
    const bytes = new Uint8Array([0, 255, 128, 10]);
    const ce = (id: string): Record<string, string> => ({
      'ce-specversion': '1.0',
      'ce-id': id,
      'ce-source': SOURCE,
      'ce-type': 'com.acme.picture',
    });
    const [picture, form, nothing] = [newId(), newId(), newId()];
    const formType = 'application/x-www-form-urlencoded';
    expect((await bus.post(bytes, { ...ce(picture), 'content-type': 'image/png' })).status).toBe(202);
    expect((await bus.post('a=1', { ...ce(form), 'content-type': formType })).status).toBe(202);
    expect((await bus.post(null, ce(nothing))).status).toBe(202);
    expect(await archived(form)).toMatchObject({ datacontenttype: formType, data_base64: 'YT0x' });
    expect(await archived(picture)).toMatchObject({ datacontenttype: 'image/png', data_base64: 'AP+ACg==' });
    const empty = await archived(nothing);
    expect(empty).not.toHaveProperty('data');
    expect(empty).not.toHaveProperty('data_base64');
  });

  it('is taken once by (source, id), whoever sends it how often at whichever instance', async () => {
    const event = plain();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        bus.post(JSON.stringify(event), { 'content-type': 'application/cloudevents+json' }, index % 2),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
    expect(answers.filter(({ body }) => body.duplicate === false)).toHaveLength(1);
    await archived(String(event['id']));
    // Long after: the outbox has forgotten it, the archive has not.
    await bus.connection.collection('bus_outbox').deleteMany({});
    expect((await bus.publishBatch([event])).body).toEqual([{ id: event['id'], source: SOURCE, duplicate: true }]);
    expect((await bus.publishBatch([{ ...event, source: '/elsewhere' }])).body).toMatchObject([{ duplicate: false }]);
    expect(await bus.connection.collection('archive').countDocuments({ id: event['id'], source: SOURCE })).toBe(1);
  });
});

describe('a batch', () => {
  it('is taken item by item, in order, and says what is wrong with which', async () => {
    const [first, third, big] = [plain(), plain(), plain({ data: 'x'.repeat(70_000) })];
    const items = [
      first,
      { ...plain(), id: '' },
      third,
      'nonsense',
      first,
      big,
      plain({ type: 'usher.event.created' }),
    ];
    const { status, body } = await bus.publishBatch(items);
    expect(status).toBe(202);
    expect(body).toMatchObject([
      { id: first['id'], duplicate: false },
      { problem: { code: 'validation-failed', status: 400, errors: [{ pointer: '/1/id' }] } },
      { id: third['id'], duplicate: false },
      { id: null, source: null, problem: { code: 'validation-failed', errors: [{ pointer: '/3' }] } },
      { id: first['id'], duplicate: true },
      { id: big['id'], problem: { code: 'payload-too-large', status: 413 } },
      { problem: { code: 'forbidden', status: 403 } },
    ]);
    const positions = [await archived(String(first['id'])), await archived(String(third['id']))].map(({ position }) =>
      Number(position),
    );
    expect(positions[1]).toBe(positions[0]! + 1);
  });

  it('may be empty, and as large as 1 MiB', async () => {
    expect(await bus.publishBatch([])).toMatchObject({ status: 202, body: [] });
    const events = Array.from({ length: 17 }, () => plain({ data: 'x'.repeat(60_000) }));
    expect(JSON.stringify(events).length).toBeGreaterThan(1_000_000);
    expect((await bus.publishBatch(events)).body).toHaveLength(17);
    expect(await bus.publishBatch([...events, ...events.slice(0, 1)])).toMatchObject({ status: 413 });
  });
});

describe('a request', () => {
  const json = { 'content-type': 'application/cloudevents+json' };

  it.each<[string, number, string, string | null, Record<string, string>]>([
    ['of a type of Usher’s', 403, 'forbidden', JSON.stringify(plain({ type: 'usher.event.created' })), json],
    ['from a source of Usher’s', 403, 'forbidden', JSON.stringify(plain({ source: '/event-service' })), json],
    ['of another version', 400, 'validation-failed', JSON.stringify(plain({ specversion: '0.3' })), json],
    ['with a wrong name', 400, 'validation-failed', JSON.stringify(plain({ 'my-ext': 'x' })), json],
    ['with no event', 400, 'validation-failed', '[]', json],
    ['with no attributes', 400, 'validation-failed', '{"a":1}', { 'content-type': 'application/json' }],
    [
      'with a batch that is none',
      400,
      'validation-failed',
      '{}',
      { 'content-type': 'application/cloudevents-batch+json' },
    ],
    ['that is no JSON', 400, 'malformed-request', '{', json],
    ['in another format', 415, 'unsupported-media-type', '<x/>', { 'content-type': 'application/cloudevents+xml' }],
    ['above 64 KiB', 413, 'payload-too-large', JSON.stringify(plain({ data: 'x'.repeat(66_000) })), json],
    ['above 256 KiB', 413, 'payload-too-large', JSON.stringify(plain({ data: 'x'.repeat(270_000) })), json],
  ])('%s is refused: %d %s', async (_, status, code, body, headers) => {
    const answer = await bus.post(body, headers);
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('is for producers only, and other routes still take nothing but JSON', async () => {
    const body = JSON.stringify(plain());
    const user = await bus.bed.token({ id: newId(), username: 'ada' });
    const reader = await bus.bed.clientToken('bus:read');
    expect((await bus.send('POST', '/v1/bus/events', { body, headers: json })).status).toBe(401);
    expect((await bus.send('POST', '/v1/bus/events', { body, headers: json, token: user })).status).toBe(403);
    expect((await bus.send('POST', '/v1/bus/events', { body, headers: json, token: reader })).status).toBe(403);
    const elsewhere = (type: string) =>
      bus.send('POST', '/v1/notifications/read-all', { body, headers: { 'content-type': type }, token: user });
    const cloudEvents = ['application/cloudevents+json', 'application/cloudevents-batch+json'];
    for (const type of [...cloudEvents, 'text/plain', 'application/x-www-form-urlencoded'])
      expect((await elsewhere(type)).status).toBe(415);
  });
});

describe('publishing', () => {
  it('is as fast as it is', async () => {
    const count = 1_000;
    const type = 'com.acme.fast';
    // A caller may send a thousand requests in ten seconds.
    const producers = [await bus.bed.clientToken('bus:publish'), await bus.bed.clientToken('bus:publish')];
    const headers = { 'content-type': 'application/cloudevents+json' };
    const began = performance.now();
    await inLanes(
      50,
      Array.from({ length: count }, (_, index) => async () => {
        const body = JSON.stringify(plain({ type }));
        const token = producers[index % producers.length]!;
        expect((await bus.send('POST', '/v1/bus/events', { body, headers, token })).status).toBe(202);
      }),
    );
    const accepted = performance.now();
    await until(async () => expect(await bus.connection.collection('archive').countDocuments({ type })).toBe(count));
    const rate = (until: number): string => ((count / (until - began)) * 1_000).toFixed(0);
    process.stderr.write(`bus: ${rate(accepted)} events/s accepted, ${rate(performance.now())} events/s archived\n`);
  }, 60_000);
});

describe('while the broker is away', () => {
  it('events are accepted, and come on the bus in their order when it is back, from another instance if need be', async () => {
    await bus.breakBroker();
    const events = Array.from({ length: 30 }, () => plain({ type: 'com.acme.late' }));
    for (const event of events) expect((await bus.publishBatch([event])).body).toMatchObject([{ duplicate: false }]);
    await bus.bed.instances[0]!.close();
    await bus.mendBroker();
    const token = await bus.bed.clientToken('bus:read');
    await until(async () => {
      const { body } = await bus.send('GET', '/v1/bus/events?type=com.acme.late&limit=100', { token, instance: 1 });
      expect(body.data.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    }, 30_000);
  }, 60_000);
});
