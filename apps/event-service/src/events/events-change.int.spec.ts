import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventResource } from '#contracts';
import { newId } from '#kernel';
import { type Caller, EventsApp } from './testing/events-app.js';

let app: EventsApp;
let ada: Caller;
let bob: Caller;
let admin: Caller;
let event: EventResource;
let path: string;

beforeAll(async () => {
  app = await EventsApp.start();
  ada = await app.caller('ada');
  bob = await app.caller('bob');
  admin = await app.caller('root', ['user', 'admin']);
});
afterAll(() => app.stop());
beforeEach(async () => {
  app.now = new Date('2026-11-20T10:00:00.000Z');
  await app.clear();
  event = await app.create(ada, {
    location: 'France',
    max_attendees: 50,
    tags: ['jazz'],
    timezone: 'Europe/Paris',
    attachment_url: 'https://files.example/flyer.pdf',
    coordinates: { type: 'Point', coordinates: [2.3, 48.9] },
  });
  path = `/v1/events/${event.id}`;
  app.now = new Date('2026-11-20T11:00:00.000Z');
});

const patch = (members: object, caller = ada) => app.request('patch', path, caller).send(members);
/** The event as its full description, which a PUT takes. */
const described = (): Record<string, unknown> => {
  const { title, description, location, start_time, end_time } = event;
  return { title, description, location, start_time, end_time };
};
const lastEntry = async () => (await app.log(event.id)).at(-1);

describe('GET /v1/events/:id', () => {
  it('answers anyone, with an entity tag', async () => {
    const { headers } = await app.request('get', path).expect(200, event);
    expect(headers['etag']).toBe('"1.0"');
  });

  it('answers 304 where the client has that version, and 200 where it has another', async () => {
    await app.request('get', path).set('if-none-match', '"1.0"').expect(304, '');
    await app.request('get', path).set('if-none-match', 'W/"1.0", "9"').expect(304);
    await patch({ title: 'Changed' }).expect(200);
    await app.request('get', path).set('if-none-match', '"1.0"').expect(200);
  });

  it.each([newId(), 'x', '507f1f77', `${'a'.repeat(23)}g`, '%00', '..%2f', 'a'.repeat(500)])(
    'finds nothing at %s',
    async (id) => {
      await app.request('get', `/v1/events/${id}`).expect(404);
    },
  );
});

describe('PATCH /v1/events/:id', () => {
  it('changes what it names and leaves the rest', async () => {
    const { body, headers } = await patch({ title: 'Late jazz', tags: ['late', 'late'] }).expect(200);
    const at = '2026-11-20T11:00:00.000Z';
    expect(body).toEqual({ ...event, title: 'Late jazz', tags: ['late'], version: 2, updated_at: at });
    expect(headers['etag']).toBe('"2.0"');
    await app.request('get', path).expect(200, body as object);
    expect(await lastEntry()).toMatchObject({
      type: 'usher.event.updated',
      version: 2,
      time: app.now,
      data: { event: body, changed: ['title', 'tags'], actor: { id: ada.id, username: 'ada' } },
    });
  });

  it('takes application/merge-patch+json', async () => {
    const request = app.request('patch', path, ada).set('content-type', 'application/merge-patch+json');
    await request.send(JSON.stringify({ title: 'Merged' })).expect(200);
  });

  it('removes optional members by null', async () => {
    const gone = { tags: null, max_attendees: null, timezone: null, attachment_url: null, coordinates: null };
    const { body } = await patch(gone).expect(200);
    expect(body).toMatchObject({ tags: [], max_attendees: null, timezone: 'UTC', seats_left: null });
    expect(body).toMatchObject({ attachment_url: null, coordinates: null, title: event.title });
  });

  it.each(['title', 'description', 'location', 'start_time', 'end_time', 'status'])(
    'refuses to remove %s',
    async (name) => {
      const { body } = await patch({ [name]: null }).expect(400);
      expect(body).toMatchObject({ errors: [{ pointer: `/${name}` }] });
    },
  );

  it.each([
    [{ titel: 'x' }, '/titel'],
    [{ titel: null }, '/titel'],
    [{ version: 7 }, '/version'],
    [{ created_by: { id: 'x' } }, '/created_by'],
    [{ title: ' ' }, '/title'],
    [{ start_time: '2026-11-20T10:59:59Z' }, '/start_time'],
    [{ start_time: '2026-12-01T10:00:00Z' }, '/start_time'],
    [{ end_time: '2026-11-20T12:00:00Z' }, '/end_time'],
  ])('refuses %j', async (members, pointer) => {
    const { body } = await patch(members).expect(400);
    expect((body as { errors: unknown[] }).errors).toMatchObject([{ pointer }]);
    await app.request('get', path).expect(200, event);
  });

  it('that changes nothing leaves version and log alone', async () => {
    for (const members of [{}, { title: event.title }, { start_time: '2026-11-21T11:00:00+01:00' }]) {
      const { headers } = await patch(members).expect(200, event);
      expect(headers['etag']).toBe('"1.0"');
    }
    expect(await app.log(event.id)).toHaveLength(1);
  });

  it('lets a country that came from the location go with it, and keeps one that was given', async () => {
    expect((await patch({ location: 'Spain' })).body).toMatchObject({ country: 'ES' });
    expect((await patch({ location: 'A cellar' })).body).toMatchObject({ country: null });
    expect((await patch({ country: 'JP' })).body).toMatchObject({ country: 'JP' });
    expect((await patch({ location: 'Another cellar' })).body).toMatchObject({ country: 'JP' });
    expect((await patch({ country: null })).body).toMatchObject({ country: null });
  });

  it('keeps the capacity above what is booked', async () => {
    const events = app.connection.collection<{ _id: string }>('events');
    await events.updateOne({ _id: event.id }, { $set: { booked_seats: 40 } });
    const { body } = await patch({ max_attendees: 39 }).expect(409);
    expect(body).toMatchObject({
      code: 'capacity-below-booked',
      type: 'http://usher.test/problems/capacity-below-booked',
    });
    expect((await patch({ max_attendees: 40 }).expect(200)).body).toMatchObject({ seats_left: 0, booked_seats: 40 });
    await app.request('get', '/v1/events?available=true').expect(200, { data: [], next_cursor: null });
    await patch({ max_attendees: 41 }).expect(200);
    expect((await app.request('get', '/v1/events?available=true')).body).toMatchObject({ data: [{ seats_left: 1 }] });
  });

  it('leaves an event that has begun its start', async () => {
    app.now = new Date('2026-11-21T11:00:00.000Z');
    await patch({ title: 'On air' }).expect(200);
    await patch({ start_time: '2026-11-21T10:30:00Z' }).expect(400);
    await patch({ start_time: event.start_time, end_time: '2026-11-21T13:00:00Z' }).expect(200);
  });
});

describe('PUT /v1/events/:id', () => {
  const put = (body: object, caller = ada) => app.request('put', path, caller).send(body);

  it('replaces everything: what is left out is removed', async () => {
    const { body } = await put({ ...described(), title: 'All new' }).expect(200);
    expect(body).toMatchObject({
      id: event.id,
      title: 'All new',
      country: 'FR',
      timezone: 'UTC',
      tags: [],
      max_attendees: null,
      attachment_url: null,
      coordinates: null,
      status: 'scheduled',
      created_by: event.created_by,
      created_at: event.created_at,
      version: 2,
    });
    expect((await lastEntry())?.['data']).toMatchObject({
      changed: ['title', 'timezone', 'tags', 'max_attendees', 'attachment_url', 'coordinates'],
    });
  });

  it('with what is there already changes nothing', async () => {
    const { timezone, tags, max_attendees, attachment_url, coordinates } = event;
    await put({ ...described(), timezone, tags, max_attendees, attachment_url, coordinates }).expect(200, event);
  });

  it('needs the whole description', async () => {
    const { body } = await put({ title: 'Alone' }).expect(400);
    const pointers = (body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    expect(pointers.sort()).toEqual(['/description', '/end_time', '/location', '/start_time']);
  });

  it('creates nothing', async () => {
    await app.request('put', `/v1/events/${newId()}`, ada).send(described()).expect(404);
  });
});

describe('the status', () => {
  it.each(['canceled', 'completed'] as const)('can be set to %s, once and for all', async (status) => {
    expect((await patch({ status, title: 'Over' }).expect(200)).body).toMatchObject({
      status,
      title: 'Over',
      version: 2,
    });
    expect(await lastEntry()).toMatchObject({ type: `usher.event.${status}`, data: { changed: ['title', 'status'] } });
    for (const members of [{ status: 'scheduled' }, { title: 'Again' }]) {
      const { body } = await patch(members).expect(409);
      expect(body).toMatchObject({ code: 'event-not-scheduled' });
    }
    await app.request('put', path, ada).send(described()).expect(409);
    await patch({ status }).expect(200);
  });

  it('canceled by its own route, as often as one likes', async () => {
    const cancel = () => app.request('post', `${path}/cancel`, ada);
    const { body, headers } = await cancel().expect(200);
    expect(body).toMatchObject({ status: 'canceled', version: 2 });
    expect(headers['etag']).toBe('"2.0"');
    await cancel().expect(200, body as object);
    expect(await app.log(event.id)).toHaveLength(2);
  });

  it('completed, it cannot be canceled, but takes the slides', async () => {
    await patch({ status: 'completed' }).expect(200);
    await app.request('post', `${path}/cancel`, ada).expect(409);
    await patch({ attachment_url: 'https://files.example/slides.pdf' }).expect(200);
  });
});

describe('DELETE /v1/events/:id', () => {
  it('removes the event, and the log says so', async () => {
    await app.request('delete', path, ada).expect(204, '');
    await app.request('get', path).expect(404);
    await app.request('delete', path, ada).expect(404);
    const at = '2026-11-20T11:00:00.000Z';
    expect(await lastEntry()).toMatchObject({
      type: 'usher.event.deleted',
      data: { event: { ...event, version: 2, updated_at: at }, changed: [], actor: { username: 'ada' } },
    });
  });
});

describe.each([
  ['PATCH', () => patch({ title: 'Changed' }, undefined)],
  ['PUT', () => app.request('put', path).send({ ...described(), title: 'Changed' })],
  ['DELETE', () => app.request('delete', path)],
  ['POST …/cancel', () => app.request('post', `${path}/cancel`)],
] as const)('%s', (method, request) => {
  const as = (caller: Caller) => request().set('authorization', `Bearer ${caller.token}`);

  it('is for the creator and admins', async () => {
    expect((await as(bob).expect(403)).body).toMatchObject({ code: 'forbidden' });
    await app.request('get', path).expect(200, event);
    await as(admin).expect(method === 'DELETE' ? 204 : 200);
    expect(await lastEntry()).toMatchObject({ version: 2, actor: { id: admin.id, username: 'root' } });
  });

  it('is not for anyone unknown', async () => {
    const anonymous = request();
    anonymous.unset('authorization');
    expect((await anonymous.expect(401)).body).toMatchObject({ code: 'unauthenticated' });
  });

  it('honours If-Match', async () => {
    for (const stale of ['"2"', 'W/"1"', '"x"', '1'])
      expect((await as(ada).set('if-match', stale).expect(412)).body).toMatchObject({ code: 'precondition-failed' });
    await app.request('get', path).expect(200, event);
    await as(ada)
      .set('if-match', '"7", "1"')
      .expect(method === 'DELETE' ? 204 : 200);
  });
});
