import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { EventResource } from '#contracts';
import { EventsRepository } from './events.repository.js';
import { type Caller, EventsApp } from './testing/events-app.js';

// Fifty transactions on one document take their time where the machine has other work.
jest.setTimeout(30_000);

let app: EventsApp;
let other: EventsApp;
let ada: Caller;
let adaThere: Caller;
let event: EventResource;

beforeAll(async () => {
  app = await EventsApp.start();
  other = await EventsApp.start(app.connection.name);
  ada = await app.caller('ada');
  adaThere = await other.caller('ada', ['user'], ada.id);
});
afterAll(async () => {
  await other.nest.close();
  await app.stop();
});
beforeEach(async () => {
  await app.clear();
  event = await app.create(ada, { max_attendees: 1_000 });
});

/** By turns at one instance and the other. */
let requests = 0;
function at(method: 'patch' | 'post' | 'delete', path = '') {
  requests += 1;
  const url = `/v1/events/${event.id}${path}`;
  return requests % 2 === 0 ? app.request(method, url, ada) : other.request(method, url, adaThere);
}
const patch = (members: object) => at('patch').send(members);
const current = async () => (await app.request('get', `/v1/events/${event.id}`).expect(200)).body as EventResource;

it('fifty patches at once, at two instances, each get a version, and none undoes another', async () => {
  const fields = ['title', 'description', 'location', 'attachment_url', 'country'];
  const patches = Array.from({ length: 50 }, (_, n) => {
    const name = fields[n % fields.length] as string;
    const value = { attachment_url: `https://files.example/${n}`, country: n % 2 === 0 ? 'DE' : 'FR' }[name] ?? `v${n}`;
    return { [name]: value };
  });
  const answers = await Promise.all(patches.map((members) => patch(members)));
  expect(answers.map(({ status, body }) => [status, (body as { code?: string }).code])).toEqual(
    patches.map(() => [200, undefined]),
  );

  const log = await app.log(event.id);
  expect(log.map(({ version }) => version)).toEqual(log.map((_, n) => n + 1));
  const states = log.map(({ data }) => (data as { event: EventResource }).event);
  states.slice(1).forEach((state, n) => {
    const { changed } = log[n + 1]?.['data'] as { changed: string[] };
    const own = new Set([...changed, 'version', 'updated_at']);
    // Every version is the one before it with nothing but its own changes.
    for (const [name, value] of Object.entries(state))
      if (!own.has(name)) expect(value).toEqual(states[n]?.[name as keyof EventResource]);
  });
  expect(await current()).toEqual(states.at(-1));
});

it('of fifty that insist on the same version one is made', async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => patch({ title: `T${n}` }).set('if-match', '"1"')),
  );
  const made = answers.filter(({ status }) => status === 200);
  expect(made).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 412)).toHaveLength(49);
  expect(await current()).toEqual(made[0]?.body);
});

it('canceling and deleting at once leave one history without a gap', async () => {
  const cancel = () => at('post', '/cancel');
  const remove = () => at('delete');
  const answers = await Promise.all([cancel(), remove(), cancel(), patch({ title: 'x' }), remove(), cancel()]);
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  const log = await app.log(event.id);
  expect(log.map(({ version }) => version)).toEqual(log.map((_, n) => n + 1));
  expect(log.filter(({ type }) => type === 'usher.event.deleted')).toHaveLength(1);
  expect(log.at(-1)?.['type']).toBe('usher.event.deleted');
});

it('seats that are booked beside a change are neither lost nor sold below', async () => {
  const events = app.connection.collection<{ _id: string }>('events');
  const book = () => events.updateOne({ _id: event.id }, { $inc: { booked_seats: 1 } });
  await Promise.all(Array.from({ length: 20 }, (_, n) => Promise.all([patch({ title: `T${n}` }).expect(200), book()])));
  expect(await current()).toMatchObject({ booked_seats: 20, seats_left: 980, version: 21 });
});

it('a write over a version that is gone is refused, and changes nothing', async () => {
  const repository = app.nest.get(EventsRepository);
  const state = await repository.find(event.id);
  if (state === undefined) throw new Error('there is an event');
  const next = { ...state, version: 2, title: 'First' };
  await repository.update(next, ['title']);
  await expect(repository.update({ ...next, title: 'Second' }, ['title'])).rejects.toMatchObject({ retryable: true });
  await expect(repository.remove({ ...next, title: 'Second' })).rejects.toMatchObject({ code: 'conflict' });
  expect(await current()).toMatchObject({ title: 'First', version: 2 });
});
