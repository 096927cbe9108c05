import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventResource } from '#contracts';
import { UsherError } from '#kernel';
import { type Logger, LOGGER, Metrics } from '#observability';
import { EventLog, type LogEntry, Transactions } from '#persistence';
import { EventsService } from '../events/events.service.js';
import { type Caller, EventsApp } from '../events/testing/events-app.js';
import { ReminderSender } from './reminder-sender.js';
import { RemindersRepository } from './reminders.repository.js';
import { PROGRESS, type ProgressDocument, progressSchema } from './reminders.schema.js';
import { RemindersService } from './reminders.service.js';

let app: EventsApp;
let ada: Caller;
let progress: RemindersRepository;
let reminders: RemindersService;

/** Reminding as one more instance of the service does it, or the same one after a restart. */
function instance(
  before = ['24h', '1h'],
  transactions = app.nest.get(Transactions, { strict: false }),
): RemindersService {
  const events = app.nest.get(EventsService);
  const logger = app.nest.get<Logger>(LOGGER);
  const sender = new ReminderSender(
    app.nest.get(EventLog, { strict: false }),
    transactions,
    app.nest.get(Metrics, { strict: false }),
    logger,
  );
  return new RemindersService(events, progress, sender, { REMINDERS_BEFORE: before }, { now: () => app.now }, logger);
}

beforeAll(async () => {
  app = await EventsApp.start();
  ada = await app.caller('ada');
  progress = new RemindersRepository(app.connection.model<ProgressDocument>(PROGRESS, progressSchema));
});
afterAll(() => app.stop());
beforeEach(async () => {
  app.now = new Date('2026-11-20T10:00:00.000Z');
  await app.clear();
  await app.connection.collection('reminder_progress').deleteMany({});
  reminders = instance();
  await reminders.remindDue();
});

/** An event that starts `hours` after the beginning of the test. */
const create = (hours: number, members: Record<string, unknown> = {}): Promise<EventResource> =>
  app.create(ada, { start_time: app.hours(hours), end_time: app.hours(hours + 2), ...members });

/** Lets `hours` pass without anything being done. */
const pass = (hours: number): void => {
  app.now = new Date(app.hours(hours));
};

/** Lets `hours` pass, with a run every half of one. */
async function run(hours: number): Promise<void> {
  for (let halves = 0; halves < hours * 2; halves += 1) {
    pass(1 / 2);
    await reminders.remindDue();
  }
}

const entries = (): Promise<LogEntry[]> =>
  app.connection.collection<LogEntry>('event_log').find({ type: 'usher.event.reminder' }).sort({ time: 1 }).toArray();

const sent = async (): Promise<number[]> =>
  (await entries()).map(({ data }) => (data as { minutes_before: number }).minutes_before);

describe('an event is reminded of', () => {
  it('once at each of its moments, as it stands then', async () => {
    const event = await create(30);
    await run(3);
    await app.request('patch', `/v1/events/${event.id}`, ada).send({ title: 'Late jazz night' }).expect(200);
    await run(4);
    expect(await sent()).toEqual([1_440]);
    await run(25);
    expect(await sent()).toEqual([1_440, 60]);
    expect((await entries())[0]).toMatchObject({
      stream: `reminder/${event.id}/${new Date(event.start_time).getTime()}/1440`,
      version: 1,
      subject: `events/${event.id}`,
      time: new Date('2026-11-20T16:30:00.000Z'),
      actor: { id: null, username: 'system' },
      data: {
        event: { id: event.id, title: 'Late jazz night', version: 2, start_time: event.start_time },
        minutes_before: 1_440,
        actor: { id: null, username: 'system' },
      },
    });
  });

  it('once by several instances at once', async () => {
    await Promise.all(Array.from({ length: 12 }, () => create(30)));
    pass(6.1);
    await Promise.all([reminders, instance(), instance()].map((each) => each.remindDue()));
    expect(await sent()).toEqual(Array.from({ length: 12 }, () => 1_440));
  });

  it('once, where an instance died before it could note that it had', async () => {
    await create(30);
    pass(6.1);
    const before = await progress.remindedUntil();
    await reminders.remindDue();
    await app.connection.collection('reminder_progress').updateOne({}, { $set: { until: before } });
    await instance().remindDue();
    expect(await sent()).toEqual([1_440]);
  });

  it('with hundreds of others', async () => {
    const { id } = await create(30);
    const events = app.connection.collection<{ _id: string }>('events');
    const { _id, ...event } = (await events.findOne({ _id: id }))!;
    const copy = (n: number) => ({ ...event, _id: n.toString(16).padStart(24, '0') });
    await events.insertMany(Array.from({ length: 249 }, (_, n) => copy(n)));
    pass(6.1);
    await reminders.remindDue();
    const subjects = new Set((await entries()).map(({ subject }) => subject));
    expect(subjects.size).toBe(250);
  });

  it('at the moment of its new start, where it was moved', async () => {
    const event = await create(30);
    const body = { start_time: app.hours(50), end_time: app.hours(52) };
    await app.request('patch', `/v1/events/${event.id}`, ada).send(body).expect(200);
    await run(25);
    expect(await sent()).toEqual([]);
    await run(2);
    expect(await sent()).toEqual([1_440]);
  });

  it('again, where it was put off after a reminder', async () => {
    const event = await create(25);
    await run(2);
    const body = { start_time: app.hours(40), end_time: app.hours(42) };
    await app.request('patch', `/v1/events/${event.id}`, ada).send(body).expect(200);
    await run(41);
    expect(await sent()).toEqual([1_440, 1_440, 60]);
  });
});

describe('an event is not reminded of', () => {
  it.each([
    ['canceled', (id: string) => app.request('post', `/v1/events/${id}/cancel`, ada).expect(200)],
    ['deleted', (id: string) => app.request('delete', `/v1/events/${id}`, ada).expect(204)],
  ])('when it is %s', async (_, end) => {
    const event = await create(30);
    await run(5);
    await end(event.id);
    await run(26);
    expect(await sent()).toEqual([]);
  });

  it('for a moment that had passed when it was created', async () => {
    await create(24);
    await create(0.5);
    await run(2);
    expect(await sent()).toEqual([]);
    await run(23);
    expect(await sent()).toEqual([60]);
  });

  it('where nobody wants any', async () => {
    reminders = instance([]);
    await create(30);
    await run(31);
    expect(await sent()).toEqual([]);
  });
});

describe('what was missed while nothing ran', () => {
  it('is sent late', async () => {
    await create(30);
    pass(20);
    await instance().remindDue();
    expect(await sent()).toEqual([1_440]);
    pass(9.5);
    await instance().remindDue();
    expect(await sent()).toEqual([1_440, 60]);
  });

  it('is only the nearest of several', async () => {
    await create(30);
    pass(29.5);
    await instance().remindDue();
    await run(1);
    expect(await sent()).toEqual([60]);
  });

  it('is not sent when the event has begun', async () => {
    await create(30);
    pass(30.1);
    await instance().remindDue();
    expect(await sent()).toEqual([]);
  });
});

it('a changed setting holds for the events that are there', async () => {
  await create(30);
  reminders = instance(['2h']);
  await run(27);
  expect(await sent()).toEqual([]);
  await run(2);
  expect(await sent()).toEqual([120]);
});

describe('trouble', () => {
  it('with one event does not keep back the others', async () => {
    const broken = await create(30);
    await create(30);
    const tooLarge = { $set: { description: 'x'.repeat(70_000) } };
    await app.connection.collection<{ _id: string }>('events').updateOne({ _id: broken.id }, tooLarge);
    pass(6.1);
    await reminders.remindDue();
    expect(await sent()).toEqual([1_440]);
  });

  it('that passes has the next run begin where this one did', async () => {
    await create(30);
    pass(6.1);
    const away = new UsherError('unavailable', 'Away.', { retryable: true });
    const cut = { run: () => Promise.reject(away) } as unknown as Transactions;
    await expect(instance(['24h'], cut).remindDue()).rejects.toBe(away);
    pass(1);
    await reminders.remindDue();
    expect(await sent()).toEqual([1_440]);
  });
});
