import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Mongodb, startMongodb } from '#local-stack';
import { duplicateKeyFields } from '#persistence';
import { eventually, openPublisher, TestBroker } from '../../test/broker.js';
import { type BusMessage, TestLog } from '../../test/event-log.js';
import type { Relay } from './relay.js';

const INTAKE = 'notification-service.intake.v1';

jest.setTimeout(120_000);

describe('the relay, when MongoDB fails', () => {
  let folder: string;
  let mongodb: Mongodb;
  let broker: TestBroker;
  let closePublisher: () => Promise<void>;
  let log: TestLog;
  let relay: Relay;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usher-relay-'));
    mongodb = await startMongodb({ dataDir: folder });
    broker = await TestBroker.open('relay-faults');
    log = await TestLog.open('relay-faults', mongodb.uri);
    const { publisher, close } = await openPublisher(broker.url);
    closePublisher = close;
    relay = log.relay(publisher);
    relay.start();
  });

  afterAll(async () => {
    await relay.stop();
    await log.close();
    await closePublisher();
    await broker.close();
    await mongodb.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Appends versions in order, each as often as it takes. */
  const insist = async (from: number, to: number): Promise<void> => {
    for (let version = from; version <= to; version += 1)
      await eventually(
        () =>
          log.append('event/a', version).then(
            () => true,
            // The version is there: the commit's answer was lost, not the commit.
            (error: unknown) => duplicateKeyFields(error) !== undefined,
          ),
        60_000,
      );
  };

  const allPublished = (): Promise<void> =>
    eventually(async () => (await log.unpublished().catch(() => 1)) === 0, 60_000);

  it('goes on after a restart, a kill and a hang, without a gap, and is woken by the change stream again', async () => {
    await insist(1, 20);
    await Promise.all([mongodb.restart(), insist(21, 60)]);
    const killed = mongodb.kill('SIGKILL').then(() => mongodb.restart());
    await Promise.all([killed, insist(61, 100)]);
    await mongodb.kill('SIGSTOP');
    const hung = insist(101, 110);
    await mongodb.kill('SIGCONT');
    await hung;
    await allPublished();
    const messages = await broker.drain(INTAKE, await broker.depth(INTAKE));
    const bus = messages.map(({ content }) => JSON.parse(content.toString()) as BusMessage);
    const expected = Array.from({ length: 110 }, (_, index) => index + 1);
    expect([...new Set(bus.map(({ position }) => position))]).toEqual(expected);
    expect([...new Set(bus.map(({ version }) => version))]).toEqual(expected);

    // Past everything that would wake the relay in process, and sooner than its sweep.
    const entry = await log.entries.collection.findOne({ version: 110 });
    const waits: number[] = [];
    for (let copy = 1; copy <= 3; copy += 1) {
      await log.entries.collection.insertOne({
        ...entry,
        _id: `elsewhere-${copy}` as never,
        version: 110 + copy,
        position: null,
        published_at: null,
      });
      const inserted = performance.now();
      await allPublished();
      waits.push(performance.now() - inserted);
    }
    // The sweep alone would take longer every time; a busy machine may do so now and then.
    expect(Math.min(...waits)).toBeLessThan(1_500);
  });
});
