import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_TYPES, isUsherEventType } from '#contracts';
import { newId } from '#kernel';
import { type Answer, BusBed } from '../../test/bus-bed.js';

let bus: BusBed;
beforeAll(async () => {
  bus = await BusBed.start(2);
}, 60_000);
afterAll(() => bus.close());

const newType = (): string => `com.acme.t${newId()}`;
const total = { type: 'object', required: ['total'], properties: { total: { type: 'integer', minimum: 0 } } };

const publish = async (type: string, data: unknown, more: object = {}, instance = 0): Promise<Answer> =>
  bus.post(
    JSON.stringify({ specversion: '1.0', id: newId(), source: '/test', type, data, ...more }),
    { 'content-type': 'application/cloudevents+json' },
    instance,
  );

describe('registering a schema', () => {
  it('makes versions that are served, listed, and the same when they are registered again', async () => {
    const type = newType();
    const first = await bus.register(type, total);
    expect(first).toMatchObject({ status: 201, body: { type, version: 1, compatibility: 'backward', schema: total } });
    const path = `/v1/schemas/${type}/versions/1`;
    expect(first.headers.get('location')).toBe(path);
    expect((await bus.read(path)).body).toEqual({ ...first.body, dataschema: path });
    expect((await bus.register(type, total)).body).toMatchObject({ version: 1 });
    const wider = { ...total, properties: { total: { type: 'number' } } };
    expect((await bus.register(type, wider, { compatibility: 'full' })).status).toBe(409);
    expect((await bus.register(type, wider)).body).toMatchObject({ version: 2 });
    expect((await bus.read(`/v1/schemas/${type}/versions/3`)).status).toBe(404);
  });

  it('refuses what breaks, and names it in the new schema', async () => {
    const type = newType();
    await bus.register(type, total);
    const narrower = { type: 'object', required: ['total', 'currency'], properties: { total: { type: 'string' } } };
    expect(await bus.register(type, narrower)).toMatchObject({
      status: 409,
      body: {
        code: 'schema-incompatible',
        errors: [{ pointer: '/schema/required/1' }, { pointer: '/schema/properties/total/type' }],
      },
    });
    expect((await bus.register(type, narrower, { compatibility: 'none' })).body).toMatchObject({ version: 2 });
  });

  it('gives every version one number when many register at once on several instances', async () => {
    const type = newType();
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        bus.register(type, { title: `${index}`, type: 'object' }, { compatibility: 'none' }, index % 2),
      ),
    );
    expect(answers.map(({ body }) => body.version).sort()).toEqual([1, 2, 3, 4]);
  });

  it.each<[string, unknown]>([
    ['is none', { type: 'text' }],
    ['is recursive', { properties: { a: { $ref: '#' } } }],
    ['refers to elsewhere', { $ref: 'https://example.com/schema.json' }],
    ['refers to nothing', { $ref: '#/$defs/a' }],
    ['has a keyword that nobody knows', { typ: 'string' }],
    ['looks back in a pattern', { type: 'string', pattern: '(a)\\1' }],
    ['is of another dialect', { $schema: 'http://json-schema.org/draft-07/schema#' }],
    ['has a format that nobody knows', { type: 'string', format: 'iban' }],
    ['is too large', { enum: ['x'.repeat(70_000)] }],
  ])('refuses a schema that %s', async (_, schema) => {
    const { status, body } = await bus.register(newType(), schema);
    expect(body).toMatchObject({ code: 'validation-failed', errors: expect.anything() });
    for (const { pointer } of body.errors) expect(pointer).toMatch(/^\/schema/);
    expect(status).toBe(400);
  });

  it('refuses patterns that only slow engines know, and is not slowed down by others', async () => {
    const type = newType();
    expect((await bus.register(type, { type: 'string', pattern: '^(a+)+$' })).status).toBe(201);
    expect((await publish(type, `${'a'.repeat(50_000)}!`)).status).toBe(422);
  });
});

describe('publishing what has a schema', () => {
  it('is refused where the data do not fit, from the moment of the 201 on, on every instance', async () => {
    const type = newType();
    expect((await publish(type, { total: -1 })).status).toBe(202);
    await bus.register(type, total, {}, 0);
    for (const instance of [0, 1])
      expect(await publish(type, { total: -1 }, {}, instance)).toMatchObject({
        status: 422,
        body: { code: 'schema-mismatch', errors: [{ pointer: '/data/total' }] },
      });
    expect(await publish(type, {})).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/data/total', message: 'is required' }] },
    });
    expect((await publish(type, undefined)).status).toBe(422);
    expect((await publish(type, 'x', { datacontenttype: 'text/plain' })).status).toBe(422);
    expect((await publish(type, { total: 1 })).status).toBe(202);
  });

  it('goes by the version that the event names, else by the newest', async () => {
    const type = newType();
    const dataschema = (version: number): object => ({ dataschema: `/v1/schemas/${type}/versions/${version}` });
    await bus.register(type, { type: 'string' });
    await bus.register(type, { type: 'integer' }, { compatibility: 'none' });
    expect((await publish(type, 'a')).status).toBe(422);
    expect((await publish(type, 'a', dataschema(1))).status).toBe(202);
    expect((await publish(type, 7, dataschema(2))).status).toBe(202);
    expect((await publish(type, 7, dataschema(3))).status).toBe(422);
    expect((await publish(type, 7, { dataschema: 'https://acme.example/order.json' })).status).toBe(202);
  });

  it('refuses single items of a batch', async () => {
    const type = newType();
    await bus.register(type, total);
    const items = [1, 'a', 2].map((value) => ({
      specversion: '1.0',
      id: newId(),
      source: '/test',
      type,
      data: { total: value },
    }));
    const { body } = await bus.publishBatch(items);
    expect(body).toMatchObject([{ duplicate: false }, { problem: { code: 'schema-mismatch' } }, { duplicate: false }]);
  });
});

describe('Usher’s own schemas', () => {
  it('are listed among the others, by page, and served where envelopes point to', async () => {
    await bus.register(`a.${newId()}`, true);
    await bus.register(`zz.${newId()}`, true);
    const seen: Record<string, unknown>[] = [];
    for (let query: string | null = '?limit=4'; query !== null;) {
      const { body } = await bus.read(`/v1/schemas${query}`);
      seen.push(...body.data);
      query = body.next_cursor === null ? null : `?limit=4&cursor=${body.next_cursor}`;
    }
    const registered = await bus.connection.collection('schemas').countDocuments();
    expect(new Set(seen.map(({ dataschema }) => dataschema)).size).toBe(seen.length);
    expect(seen).toHaveLength(registered + Object.keys(EVENT_TYPES).length);
    const own = seen.filter(({ type }) => isUsherEventType(String(type)));
    for (const { type, version, dataschema } of own) {
      const { status, body } = await bus.read(String(dataschema));
      expect(status).toBe(200);
      expect(body).toMatchObject({ type, version, compatibility: null, schema: { type: 'object' } });
    }
  });

  it('cannot be changed', async () => {
    expect((await bus.register('usher.event.created', total)).status).toBe(403);
    expect((await bus.register('usher.new.type', total)).status).toBe(403);
  });
});
