import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventResource } from '#contracts';
import { newId } from '#kernel';
import { type Caller, EventsApp } from './testing/events-app.js';

let app: EventsApp;
let ada: Caller;

beforeAll(async () => {
  app = await EventsApp.start();
  ada = await app.caller('ada');
});
afterAll(() => app.stop());
beforeEach(async () => {
  app.now = new Date('2026-11-20T10:00:00.000Z');
  await app.clear();
});

describe('POST /v1/events', () => {
  it('creates an event', async () => {
    const body = app.body({
      timezone: 'Europe/Berlin',
      tags: ['jazz', ' late ', 'jazz'],
      max_attendees: 100,
      attachment_url: 'https://files.example/flyer.pdf',
      coordinates: { type: 'Point', coordinates: [13.4, 52.5] },
      start_time: '2026-11-21T11:00:00+01:00',
    });
    const { body: event, headers } = await app.request('post', '/v1/events', ada).send(body).expect(201);
    expect(event).toEqual({
      ...body,
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      start_time: '2026-11-21T10:00:00.000Z',
      tags: ['jazz', 'late'],
      country: null,
      status: 'scheduled',
      created_by: { id: ada.id, username: 'ada' },
      booked_seats: 0,
      seats_left: 100,
      waitlist_length: 0,
      version: 1,
      created_at: app.now.toISOString(),
      updated_at: app.now.toISOString(),
    });
    expect(headers).toMatchObject({ etag: '"1.0"', location: `/v1/events/${(event as EventResource).id}` });
    await app.request('get', headers['location'] as string).expect(200, event as object);
  });

  it('fills in what is left out', async () => {
    const event = await app.create(ada);
    expect(event).toMatchObject({ timezone: 'UTC', tags: [], max_attendees: null, seats_left: null });
    expect(event).toMatchObject({ attachment_url: null, coordinates: null, country: null });
  });

  it('says in the log what has happened, in the same transaction', async () => {
    const event = await app.create(ada);
    expect(await app.log(event.id)).toMatchObject([
      {
        type: 'usher.event.created',
        stream: `event/${event.id}`,
        subject: `events/${event.id}`,
        version: 1,
        time: app.now,
        actor: { id: ada.id, username: 'ada' },
        data: { event, changed: [], actor: { id: ada.id, username: 'ada' } },
      },
    ]);
  });

  it.each([
    ['Germany', 'DE'],
    ['deutschland', 'DE'],
    [' France ', 'FR'],
    ['US', 'US'],
    ['usa', 'US'],
    ['日本', 'JP'],
    ['Berlin', null],
    ['Room DE', null],
  ])('takes the country from a location that is one: %s', async (location, country) => {
    expect(await app.create(ada, { location })).toMatchObject({ location, country });
  });

  it('takes a country in either case, and over that of the location', async () => {
    expect(await app.create(ada, { location: 'Germany', country: 'fr' })).toMatchObject({ country: 'FR' });
  });

  describe('repeated with its idempotency key after a crash between the commit and the answer', () => {
    /** Creates an event, lets something happen to it, and repeats the request two days later. */
    async function repeatAfter(happen: (id: string) => Promise<unknown>): Promise<unknown[]> {
      const [key, body] = [newId(), app.body()];
      const post = () => app.request('post', '/v1/events', ada).set('idempotency-key', key).send(body).expect(201);
      const first = await post();
      const died = { state: 'running', answer: null, lease_ends_at: new Date(0) };
      await app.connection.collection('idempotency_keys').updateMany({}, { $set: died });
      await happen((first.body as EventResource).id);
      app.now = new Date(app.now.getTime() + 48 * 3_600_000);
      return [(await post()).body as unknown, first.body as unknown];
    }

    it('answers what it would have answered, though the event has changed and begun since', async () => {
      const [again, first] = await repeatAfter((id) =>
        app.request('patch', `/v1/events/${id}`, ada).send({ title: 'Changed meanwhile' }).expect(200),
      );
      expect(again).toEqual(first);
      expect(await app.connection.collection('events').countDocuments()).toBe(1);
    });

    it('does not bring back what was deleted since', async () => {
      const [again, first] = await repeatAfter((id) => app.request('delete', `/v1/events/${id}`, ada).expect(204));
      expect(again).toEqual(first);
      expect(await app.connection.collection('events').countDocuments()).toBe(0);
    });
  });

  it('needs a caller who is a person', async () => {
    const { headers } = await app.request('post', '/v1/events').send(app.body()).expect(401);
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
    const machine = await app.caller('machine', []);
    await app.request('post', '/v1/events', machine).send(app.body()).expect(403);
  });
});

/** A member, a value that it must not have, and where the fault is found where that is not the member itself. */
const faults: [string, unknown, string?][] = [
  ['title', undefined],
  ['title', null],
  ['title', ''],
  ['title', ' \t\n'],
  ['title', '\u200b\u00a0'],
  ['title', 'x'.repeat(101)],
  ['title', '😀'.repeat(101)],
  ['title', 7],
  ['title', 'a\u0000b'],
  ['title', 'a\u0007b'],
  ['title', 'a\ud800'],
  ['description', undefined],
  ['description', ['x']],
  ['description', 'x'.repeat(10_001)],
  ['location', ''],
  ['location', '   '],
  ['location', 'x'.repeat(501)],
  ['start_time', undefined],
  ['start_time', '2026-11-21'],
  ['start_time', '2026-11-21T10:00:00'],
  ['start_time', '2026-02-30T10:00:00Z'],
  ['start_time', '2026-12-31T23:59:60Z'],
  ['start_time', '2026-11-21T24:00:00Z'],
  ['start_time', '+275760-09-13T00:00:00Z'],
  ['start_time', '2026-11-21T10:00:00+25:00'],
  ['start_time', 1_795_000_000],
  ['start_time', '2026-11-20T09:59:59.999Z'],
  ['start_time', '0001-01-01T00:00:00Z'],
  ['end_time', '9999-12-31T23:59:59-01:00'],
  ['end_time', 'tomorrow'],
  ['end_time', '2026-11-21T10:00:00.000Z'],
  ['end_time', '2026-11-20T10:00:00.000Z'],
  ['country', 'ZZ'],
  ['country', 'DEU'],
  ['country', ''],
  ['timezone', 'Mars/Olympus'],
  ['timezone', '+01:00'],
  ['timezone', ''],
  ['timezone', null],
  ['tags', 'jazz'],
  ['tags', Array.from({ length: 21 }, (_, n) => `t${n}`)],
  ['tags', ['ok', ' '], '/tags/1'],
  ['tags', ['x'.repeat(51)], '/tags/0'],
  ['tags', [{}], '/tags/0'],
  ['max_attendees', 0],
  ['max_attendees', -1],
  ['max_attendees', 1.5],
  ['max_attendees', 1_000_001],
  ['max_attendees', '10'],
  ['status', 'postponed'],
  ['status', 'canceled'],
  ['status', 'completed'],
  ['attachment_url', 'javascript:alert(1)'],
  ['attachment_url', 'ftp://files.example/x'],
  ['attachment_url', 'http://'],
  ['attachment_url', 'https://files.example/a b'],
  ['attachment_url', `https://files.example/${'x'.repeat(2_048)}`],
  ['coordinates', [13.4, 52.5]],
  ['coordinates', { type: 'Point' }, '/coordinates/coordinates'],
  ['coordinates', { type: 'Polygon', coordinates: [13.4, 52.5] }, '/coordinates/type'],
  ['coordinates', { type: 'Point', coordinates: [13.4] }, '/coordinates/coordinates'],
  ['coordinates', { type: 'Point', coordinates: [13.4, 52.5, 30] }, '/coordinates/coordinates'],
  ['coordinates', { type: 'Point', coordinates: [180.1, 52.5] }, '/coordinates/coordinates/0'],
  ['coordinates', { type: 'Point', coordinates: [13.4, -90.1] }, '/coordinates/coordinates/1'],
  ['coordinates', { type: 'Point', coordinates: [13.4, 52.5], crs: 1 }, '/coordinates/crs'],
  ['id', newId()],
  ['version', 1],
  ['booked_seats', 0],
  ['$set', {}],
  ['a/b~c', 1, '/a~1b~0c'],
];
const label = (value: unknown): string => (value === undefined ? 'left out' : JSON.stringify(value)).slice(0, 60);

describe('what is wrong with a body is said at its place', () => {
  it.each(faults.map(([name, value, pointer]) => [name, label(value), value, pointer] as const))(
    '%s: %s',
    async (name, _, value, pointer = `/${name}`) => {
      const wrong = { ...app.body(), [name]: value };
      const { body } = await app.request('post', '/v1/events', ada).send(wrong).expect(400);
      expect(body).toMatchObject({ code: 'validation-failed' });
      const pointers = (body as { errors: { pointer: string }[] }).errors.map((error) => error.pointer);
      expect([...new Set(pointers)]).toEqual([pointer]);
    },
  );

  it.each(['[]', '"text"', '7', 'null'])('a body that is no object: %s', async (json) => {
    await app.request('post', '/v1/events', ada).type('json').send(json).expect(400);
  });

  it('no body', async () => {
    await app.request('post', '/v1/events', ada).expect(400);
  });

  it('a body that is no JSON, or nothing of that kind', async () => {
    await app.request('post', '/v1/events', ada).type('json').send('{').expect(400);
    await app.request('post', '/v1/events', ada).type('json').send('{"__proto__":{}}').expect(400);
    await app.request('post', '/v1/events', ada).type('text/plain').send('x').expect(415);
  });

  it('takes the longest there is, in any script', async () => {
    const event = await app.create(ada, {
      title: '😀'.repeat(100),
      description: '𝔘\n"\\'.repeat(2_500),
      location: '東'.repeat(500),
      tags: Array.from({ length: 20 }, (_, n) => `${'😀'.repeat(48)}${10 + n}`),
      attachment_url: `https://files.example/${'ä'.repeat(2_000)}`,
      max_attendees: 1_000_000,
    });
    expect(event.version).toBe(1);
  });

  it('nothing that can be written as JSON is answered with a fault of ours', async () => {
    const names = Object.keys(app.body({ country: 1, timezone: 1, tags: 1, status: 1, coordinates: 1, x: 1 }));
    const anything = fc.oneof(
      fc.jsonValue({ depthSize: 'small' }),
      fc.string({ unit: 'binary' }),
      fc.date().map(String),
    );
    const members = fc.dictionary(fc.constantFrom(...names), anything, { minKeys: 1, maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(members, async (given) => {
        const { status } = await app.request('post', '/v1/events', ada).send(app.body(given));
        expect([201, 400]).toContain(status);
      }),
      { numRuns: 300 },
    );
  });
});
