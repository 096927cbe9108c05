import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { until } from '#testing';
import { type Caller, EventsApp } from '../testing/events-app.js';
import { CompletionSweeper } from './completion-sweeper.js';

let app: EventsApp;
let ada: Caller;
let sweeper: CompletionSweeper;

beforeAll(async () => {
  app = await EventsApp.start();
  ada = await app.caller('ada');
  sweeper = app.nest.get(CompletionSweeper);
});
afterAll(() => app.stop());
beforeEach(async () => {
  app.now = new Date('2026-11-20T10:00:00.000Z');
  await app.clear();
});

const create = (title: string, end: number) =>
  app.create(ada, { title, start_time: app.hours(1), end_time: app.hours(end) });
const statuses = async () => {
  const rows = await app.connection.collection('events').find().sort({ title: 1 }).toArray();
  return Object.fromEntries(rows.map(({ title, status }) => [title, status])) as Record<string, string>;
};

it('completes what is over, and nothing else', async () => {
  const over = await create('Over', 2);
  await create('Running', 4);
  const canceled = await create('Canceled', 2);
  await app.request('post', `/v1/events/${canceled.id}/cancel`, ada).expect(200);

  app.now = new Date(app.hours(2));
  expect(await sweeper.completeDue()).toBe(1);
  expect(await statuses()).toEqual({ Over: 'completed', Running: 'scheduled', Canceled: 'canceled' });
  expect((await app.log(over.id)).at(-1)).toMatchObject({
    type: 'usher.event.completed',
    version: 2,
    time: app.now,
    actor: { id: null, username: 'system' },
    data: { changed: ['status'], actor: { id: null, username: 'system' }, event: { status: 'completed' } },
  });
  expect(await sweeper.completeDue()).toBe(0);
});

it('in several instances at once, completes each event once', async () => {
  const other = await EventsApp.start(app.connection.name);
  const events = await Promise.all(Array.from({ length: 12 }, (_, n) => create(`E${n}`, 2)));
  app.now = new Date(app.hours(3));
  other.now = app.now;
  const sweepers = [sweeper, other.nest.get(CompletionSweeper), sweeper];
  const counts = await Promise.all(sweepers.map((each) => each.completeDue()));
  await other.nest.close();
  expect(counts.reduce((sum, count) => sum + count)).toBe(12);
  for (const { id } of events) expect(await app.log(id)).toHaveLength(2);
});

it('leaves an event alone whose end was put off meanwhile', async () => {
  const event = await create('Longer', 2);
  app.now = new Date(app.hours(3));
  const [, , completed] = await Promise.all([
    app.request('patch', `/v1/events/${event.id}`, ada).send({ end_time: app.hours(5) }),
    app.request('patch', `/v1/events/${event.id}`, ada).send({ title: 'Longer still' }),
    sweeper.completeDue(),
  ]);
  const states = (await app.log(event.id)).map(({ data }) => (data as { event: { status: string } }).event.status);
  expect(states.filter((status) => status === 'completed').length).toBe(completed);
});

it('goes on with the others where one cannot be completed', async () => {
  const broken = await create('Broken', 2);
  await create('Sound', 3);
  // Somebody else's entry stands where the completion would go.
  const entry = { stream: `event/${broken.id}`, version: 2 };
  await app.connection.collection<{ _id: string }>('event_log').insertOne({ _id: broken.id, ...entry });
  app.now = new Date(app.hours(9));
  expect(await sweeper.completeDue()).toBe(1);
  expect(await statuses()).toEqual({ Broken: 'scheduled', Sound: 'completed' });
});

it('takes a hundred at a time, the longest over first', async () => {
  const { id } = await create('E', 2);
  const events = app.connection.collection<{ _id: string }>('events');
  const { _id, ...event } = (await events.findOne({ _id: id })) as { _id: string; end_time?: Date };
  const copies = Array.from({ length: 119 }, (_, n) => ({
    ...event,
    _id: n.toString(16).padStart(24, '0'),
    end_time: new Date(app.hours(2 + n / 100)),
  }));
  await events.insertMany(copies);
  app.now = new Date(app.hours(9));
  expect(await sweeper.completeDue()).toBe(100);
  const left = await events.find({ status: 'scheduled' }).sort({ end_time: 1 }).toArray();
  expect(left.map((row) => row._id)).toEqual(copies.slice(99).map((copy) => copy._id));
  expect(await sweeper.completeDue()).toBe(20);
});

it('works by itself', async () => {
  await create('Over', 2);
  app.now = new Date(app.hours(3));
  sweeper.start(1);
  await until(async () => expect(await statuses()).toEqual({ Over: 'completed' }));
  sweeper.start(60_000);
});
