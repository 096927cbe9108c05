import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Mongodb, type Rabbitmq, startMongodb, startRabbitmq } from '#local-stack';
import { type Listener, RunningSystem, type Session, until } from '#testing';

const RECOVERY_MS = 60_000;
/** A request that waited for the broker would take at least half of a confirm's five seconds. */
const WAITED_FOR_BROKER_MS = 2_500;

let folder: string;
let mongodb: Mongodb;
let rabbitmq: Rabbitmq;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-faults-'));
  [mongodb, rabbitmq] = await Promise.all([
    startMongodb({ dataDir: join(folder, 'mongodb') }),
    startRabbitmq({ dataDir: join(folder, 'rabbitmq') }),
  ]);
}, 120_000);
afterAll(async () => {
  await Promise.all([mongodb.stop(), rabbitmq.stop()]);
  await rm(folder, { recursive: true, force: true });
});

let system: RunningSystem;
let ada: Session;
let listener: Listener;
beforeEach(async () => {
  system = await RunningSystem.start({ mongodbUri: mongodb.uri, rabbitmqUrl: rabbitmq.url });
  ada = await system.signUp();
  listener = await ada.listen();
}, 90_000);
afterEach(async () => {
  await system.stop();
});

/** Creates `count` events one after the other, each answered 201, and gives their ids in that order. */
async function createEvents(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) ids.push((await ada.createEvent({ title: `Event ${made}` })).id);
  return ids;
}

/** Every event is in history once, and has reached the socket once, both in the order of creation. */
async function expectAllArrived(ids: string[]): Promise<void> {
  await until(async () => {
    const told = (await ada.history()).map(({ payload }) => payload.event.id).reverse();
    expect(told).toEqual(ids);
  }, RECOVERY_MS);
  await until(() => expect(listener.received.map(({ payload }) => payload.event.id)).toEqual(ids), RECOVERY_MS);
  expect(listener.gaps).toEqual([]);
}

/** The same where some requests went unanswered: what they changed may be there too, but what was answered must be. */
async function expectAllAnsweredArrived(ids: string[]): Promise<void> {
  await until(async () => {
    const told = (await ada.history()).map(({ payload }) => payload.event.id).reverse();
    expect(told.filter((id) => ids.includes(id))).toEqual(ids);
    expect(new Set(told).size).toBe(told.length);
    expect(listener.received.map(({ payload }) => payload.event.id)).toEqual(told);
  }, RECOVERY_MS);
}

describe('nothing acknowledged is lost, doubled or reordered', () => {
  it('while RabbitMQ is stopped and started again', async () => {
    const before = await createEvents(5);
    await rabbitmq.stop();
    const asked = performance.now();
    const during = await createEvents(20);
    expect(performance.now() - asked).toBeLessThan(during.length * WAITED_FOR_BROKER_MS);
    await rabbitmq.restart();
    const after = await createEvents(5);
    await expectAllArrived([...before, ...during, ...after]);
  }, 180_000);

  it('while RabbitMQ hangs', async () => {
    const before = await createEvents(5);
    await rabbitmq.kill('SIGSTOP');
    const asked = performance.now();
    const during = await createEvents(20);
    expect(performance.now() - asked).toBeLessThan(during.length * WAITED_FOR_BROKER_MS);
    await rabbitmq.kill('SIGCONT');
    await expectAllArrived([...before, ...during]);
  }, 180_000);

  it('when the notification-service is killed again and again', async () => {
    const [service] = system.notificationServices;
    const ids: string[] = [];
    const creating = (async () => {
      for (let round = 0; round < 5; round += 1) ids.push(...(await createEvents(20)));
    })();
    for (let round = 0; round < 4; round += 1) {
      const enough = 15 * (round + 1);
      await until(() => expect(ids.length + listener.received.length).toBeGreaterThanOrEqual(enough));
      await service!.kill('SIGKILL');
      await service!.start();
    }
    await creating;
    await expectAllArrived(ids);
  }, 180_000);

  it('when event-service is killed between commit and publication', async () => {
    const [service] = system.eventServices;
    // A hung broker holds every publication back, so that the commits are certainly unpublished when the kill comes.
    await rabbitmq.kill('SIGSTOP');
    const ids = await createEvents(10);
    await service!.kill('SIGKILL');
    await rabbitmq.kill('SIGCONT');
    await service!.start();
    ids.push(...(await createEvents(3)));
    await expectAllArrived(ids);
  }, 180_000);

  it('when event-service is killed in the middle of a burst', async () => {
    const [service] = system.eventServices;
    const ids: string[] = [];
    const burst = (async () => {
      for (;;) ids.push((await ada.createEvent()).id);
    })().catch(() => undefined);
    await until(() => expect(ids.length).toBeGreaterThan(30));
    await service!.kill('SIGKILL');
    await burst;
    await service!.start();
    await expectAllAnsweredArrived(ids);
  }, 180_000);

  it('when MongoDB is restarted', async () => {
    const before = await createEvents(5);
    const restarting = mongodb.restart();
    const during: string[] = [];
    await until(async () => {
      while (during.length < 10) during.push((await ada.createEvent()).id);
    }, RECOVERY_MS);
    await restarting;
    const ids = [...before, ...during];
    await expectAllAnsweredArrived(ids);
  }, 180_000);
});
