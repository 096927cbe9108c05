import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventResource } from '#contracts';
import { newId } from '#kernel';
import { type Caller, EventsApp } from '../testing/events-app.js';

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

describe('GET /v1/events/:id/history', () => {
  const history = (caller: Caller | undefined = ada, query = '') =>
    app.request('get', `${path}/history${query}`, caller);

  beforeEach(async () => {
    await app.clear();
    event = await app.create(ada);
    path = `/v1/events/${event.id}`;
    await app.request('patch', path, ada).send({ title: 'Second' }).expect(200);
    await app
      .request('patch', path, admin)
      .send({ tags: ['third'] })
      .expect(200);
    await app.request('delete', path, ada).expect(204);
  });

  it('tells what has happened, though the event is gone', async () => {
    const { body } = await history().expect(200);
    expect(body).toMatchObject({
      data: [
        { version: 1, type: 'usher.event.created', actor: { username: 'ada' }, changed: [], data: { event } },
        { version: 2, type: 'usher.event.updated', actor: { username: 'ada' }, changed: ['title'] },
        { version: 3, type: 'usher.event.updated', actor: { username: 'root' }, changed: ['tags'] },
        { version: 4, type: 'usher.event.deleted', time: '2026-11-20T10:00:00.000Z', changed: [] },
      ],
      next_cursor: null,
    });
  });

  it('is paginated', async () => {
    const versions: number[] = [];
    let next: string | null = '?limit=3';
    for (let pages = 0; next !== null && pages < 5; pages += 1) {
      const { body } = await history(ada, next).expect(200);
      const { data, next_cursor } = body as { data: { version: number }[]; next_cursor: string | null };
      versions.push(...data.map(({ version }) => version));
      next = next_cursor === null ? null : `?limit=3&cursor=${next_cursor}`;
    }
    expect(versions).toEqual([1, 2, 3, 4]);
    await history(ada, '?cursor=nonsense').expect(400);
    await history(ada, '?page=2').expect(400);
  });

  it('is for the creator and admins', async () => {
    await history(admin).expect(200);
    await history(bob).expect(403);
    await app.request('get', `${path}/history`).expect(401);
    await app.request('get', `/v1/events/${newId()}/history`, ada).expect(404);
  });
});
