import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parseData } from '#contracts';
import { newId } from '#kernel';
import type { TestSession } from '#testing';
import { NO_BOOKINGS } from './attendee-bookings.js';
import { AttendeesApp, holding, PERSON, type Registered, withoutToken } from './testing/attendees-app.js';

let app: AttendeesApp;
let bob: TestSession;

beforeAll(async () => {
  app = await AttendeesApp.start();
  bob = await app.session('bob');
});
afterAll(() => app.close());
beforeEach(async () => {
  app.now = new Date('2026-11-20T10:00:00.000Z');
  await app.clear(NO_BOOKINGS);
});

const post = (body: object) => app.request('post', '/v1/attendees').send(body);

describe('POST /v1/attendees', () => {
  it('registers somebody for anyone, and tells the token', async () => {
    const { body, headers } = await post(PERSON).expect(201);
    expect(body).toEqual({
      ...PERSON,
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      attendee_token: expect.stringMatching(/^[0-9a-f]{24}\.[\w-]{43}$/),
      version: 1,
      created_at: '2026-11-20T10:00:00.000Z',
      updated_at: '2026-11-20T10:00:00.000Z',
    });
    const { id, attendee_token: token } = body as Registered;
    expect(headers).toMatchObject({ etag: '"1"', location: `/v1/attendees/${id}`, 'cache-control': 'no-store' });
    await app.request('get', `/v1/attendees/${id}`, holding(token)).expect(200, withoutToken(body as Registered));
  });

  it('needs a name and an address, and nothing else', async () => {
    const { body } = await post({ name: 'Ada', email: 'ada@example.com' }).expect(201);
    expect(body).toMatchObject({ phone: null, country: null, notes: null });
    await post({ name: 'Ada', email: 'ada@example.com', phone: null, country: null, notes: null }).expect(201);
  });

  it('says nothing of who else has the address', async () => {
    const [one, other] = [await app.register(), await app.register()];
    expect(one.id).not.toBe(other.id);
  });

  it.each(['bob', 'guest'])('tells the log that %s did it, and nothing of whom', async (username) => {
    const attendee = await app.register(username === 'bob' ? bob.headers : {});
    const [entry, ...more] = await app.log(attendee.id);
    const actor = { id: username === 'bob' ? bob.user.id : null, username };
    const data = { attendee: { id: attendee.id }, event_ids: [], actor };
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ type: 'usher.attendee.registered', version: 1, time: app.now, actor, data });
    expect(entry).toMatchObject({ subject: `attendees/${attendee.id}` });
    expect(parseData('usher.attendee.registered', entry?.['data'], String(entry?.['dataschema']))).toEqual(
      entry?.['data'],
    );
  });
});

describe('GET /v1/attendees', () => {
  const list = (query = '', who = bob) => app.request('get', `/v1/attendees${query}`, who.headers).expect(200);

  it('is of those whom the caller registered, newest first, without a token', async () => {
    const own = [];
    for (const name of ['One', 'Two', 'Three']) {
      own.unshift(withoutToken(await app.register(bob.headers, { name })));
      app.now = new Date(app.now.getTime() + 1_000);
    }
    await app.register();
    await app.register((await app.session('eve')).headers);
    expect((await list()).body).toEqual({ data: own, next_cursor: null });
  });

  it('is paged, stable while others are registered, and ends', async () => {
    const ids = [];
    for (let n = 0; n < 5; n += 1) ids.unshift((await app.register(bob.headers)).id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body, headers } = await list(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      const page = body as { data: Registered[]; next_cursor: string | null };
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor;
      expect(headers['link']).toBe(
        cursor === null ? undefined : `<http://usher.test/v1/attendees?limit=2&cursor=${cursor}>; rel="next"`,
      );
      app.now = new Date('2026-11-20T11:00:00.000Z');
      await app.register(bob.headers);
    }
    expect(seen).toEqual(ids);
  });

  it('is empty for who has registered nobody, and refuses an unknown query', async () => {
    expect((await list('', await app.session('eve'))).body).toEqual({ data: [], next_cursor: null });
    await app.request('get', '/v1/attendees?email=ada@example.com', bob.headers).expect(400);
  });

  it('walks an index, and so does the search for a user’s own attendee', async () => {
    const attendees = app.connection.collection('attendees');
    const page = attendees.find({ $and: [{ registered_by: bob.user.id }] }).sort({ created_at: -1, _id: -1 });
    for (const query of [page, attendees.find({ user_id: bob.user.id })]) {
      const plan = JSON.stringify(((await query.explain()) as { queryPlanner: unknown }).queryPlanner);
      expect(plan).toContain('IXSCAN');
      expect(plan).not.toMatch(/COLLSCAN|"stage":"SORT"/);
    }
  });
});

describe('one attendee', () => {
  let attendee: Registered;
  let path: string;
  beforeEach(async () => {
    attendee = await app.register();
    path = `/v1/attendees/${attendee.id}`;
    app.now = new Date('2026-11-20T11:00:00.000Z');
  });
  const request = (method: 'get' | 'patch' | 'delete') => app.request(method, path, holding(attendee.attendee_token));
  const patch = (members: object) => request('patch').send(members);

  it('has an entity tag, and is for no shared cache', async () => {
    const { headers } = await request('get').expect(200);
    expect(headers).toMatchObject({ etag: '"1"', 'cache-control': 'private, no-cache' });
    await request('get').set('if-none-match', '"1"').expect(304, '');
    await request('get').set('if-none-match', '"2"').expect(200);
  });

  it.each(['x', '%00', 'a'.repeat(23)])('is not at %s', async (id) => {
    await app.request('get', `/v1/attendees/${id}`, bob.headers).expect(404);
  });

  describe('PATCH', () => {
    it('changes what it names, leaves the rest, and tells the log so', async () => {
      const { body, headers } = await patch({ name: 'Ada King', notes: null }).expect(200);
      const changed = { name: 'Ada King', notes: null, version: 2, updated_at: app.now.toISOString() };
      expect(body).toEqual({ ...withoutToken(attendee), ...changed });
      expect(headers['etag']).toBe('"2"');
      await request('get').expect(200, body as object);
      const entry = (await app.log(attendee.id)).at(-1);
      const actor = { id: null, username: 'guest' };
      const data = { attendee: { id: attendee.id }, event_ids: [], actor };
      expect(entry).toMatchObject({ type: 'usher.attendee.updated', version: 2, time: app.now, actor, data });
      expect(parseData('usher.attendee.updated', entry?.['data'], String(entry?.['dataschema']))).toEqual(data);
    });

    it('takes application/merge-patch+json', async () => {
      const body = JSON.stringify({ country: null });
      await request('patch').set('content-type', 'application/merge-patch+json').send(body).expect(200);
    });

    it('that changes nothing leaves version and log alone', async () => {
      for (const members of [{}, { name: PERSON.name }, { country: 'gb' }])
        await patch(members).expect(200, withoutToken(attendee)).expect('etag', '"1"');
      expect(await app.log(attendee.id)).toHaveLength(1);
    });

    it.each([
      [{ name: null }, '/name'],
      [{ email: null }, '/email'],
      [{ name: ' ' }, '/name'],
      [{ email: 'x' }, '/email'],
      [{ id: newId() }, '/id'],
      [{ attendee_token: 'x' }, '/attendee_token'],
      [{ registered_by: null }, '/registered_by'],
    ])('refuses %j', async (members, pointer) => {
      const { body } = await patch(members).expect(400);
      expect((body as { errors: unknown[] }).errors).toMatchObject([{ pointer }]);
      await request('get').expect(200, withoutToken(attendee));
    });

    it('is made only to the version that is asked for', async () => {
      await patch({ name: 'X' }).set('if-match', '"7"').expect(412);
      await patch({ name: 'X' }).set('if-match', '"1"').expect(200);
      await patch({ name: 'Y' }).set('if-match', '"1"').expect(412);
    });
  });

  describe('DELETE', () => {
    it('removes the attendee, who cannot be found after that by anybody', async () => {
      await request('delete').expect(204, '');
      await request('get').expect(404);
      await request('delete').expect(404);
      await patch({ name: 'X' }).expect(404);
      const admin = await app.session('root', { roles: ['user', 'admin'] });
      await app.request('get', path, admin.headers).expect(404);
    });

    it('tells the log so', async () => {
      await patch({ name: 'X' }).expect(200);
      await request('delete').expect(204);
      const entry = (await app.log(attendee.id)).at(-1);
      const actor = { id: null, username: 'guest' };
      const data = { attendee: { id: attendee.id }, event_ids: [], actor };
      expect(entry).toMatchObject({ type: 'usher.attendee.removed', version: 3, time: app.now, actor, data });
      expect(parseData('usher.attendee.removed', entry?.['data'], String(entry?.['dataschema']))).toEqual(data);
    });

    it('removes only the version that is asked for', async () => {
      await request('delete').set('if-match', '"7"').expect(412);
      await request('delete').set('if-match', '"1"').expect(204);
    });
  });
});
