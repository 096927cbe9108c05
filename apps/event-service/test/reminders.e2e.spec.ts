import { afterAll, beforeAll, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import type { EventResource } from '#contracts';
import { RunningSystem, type Session, until } from '#testing';

const MINUTE_MS = 60_000;
const PATIENCE_MS = 40_000;

let system: RunningSystem;
let ada: Session;
let database: Connection;

beforeAll(async () => {
  system = await RunningSystem.start({ eventServices: 2, environment: { REMINDERS_BEFORE: '1m' } });
  ada = await system.signUp();
  const { uri, events } = system.databases;
  database = await mongoose.createConnection(uri, { dbName: events }).asPromise();
}, 120_000);
afterAll(async () => {
  await database.close();
  await system.stop();
});

/** An event that Ada follows and is to be reminded of in a moment. */
async function createSoon(): Promise<EventResource> {
  const start = Date.now() + MINUTE_MS + 1_000;
  const iso = (time: number): string => new Date(time).toISOString();
  const event = await ada.createEvent({ start_time: iso(start), end_time: iso(start + MINUTE_MS) });
  await ada.notifications('PUT', `/v1/follows/${event.id}`);
  return event;
}

const remindersOf = async ({ id }: EventResource): Promise<number> => {
  const history = await ada.history();
  return history.filter(
    ({ payload: { event, notification_type: type } }) => type === 'event.reminder' && event.id === id,
  ).length;
};

/** Waits until reminding has come past the moment at which `event` was to be reminded of. */
async function expectRemindedUntil({ start_time }: EventResource): Promise<void> {
  const due = new Date(start_time).getTime() - MINUTE_MS;
  await until(async () => {
    const progress = await database.collection('reminder_progress').findOne();
    expect((progress?.['until'] as Date).getTime()).toBeGreaterThan(due);
  }, PATIENCE_MS);
}

it('reminds the followers of an event once, however many instances there are', async () => {
  const event = await createSoon();
  await until(async () => expect(await remindersOf(event)).toBe(1), PATIENCE_MS);
}, 60_000);

it('reminds them also when an instance is killed', async () => {
  const events = [await createSoon()];
  await system.eventServices[1]!.kill('SIGKILL');
  events.push(await createSoon());
  for (const event of events) {
    await expectRemindedUntil(event);
    await until(async () => expect(await remindersOf(event)).toBe(1), PATIENCE_MS);
  }
}, 120_000);

it('says each reminder once in the log', async () => {
  const entries = database.collection('event_log').find({ type: 'usher.event.reminder' });
  expect((await entries.toArray()).map(({ version }) => version as number)).toEqual([1, 1, 1]);
});
