import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ConsumeMessage } from 'amqplib';
import { type Clock, systemClock } from '#kernel';
import { LeaseLost } from '#persistence';
import { eventually, openPublisher, TestBroker } from '../../test/broker.js';
import { type BusMessage, entryOf, TestLog } from '../../test/event-log.js';
import type { Publisher } from '../broker/publisher.js';
import type { RelayLog } from './relay-log.js';
import { type Relay, RELAY_TIMING, type RelayOptions } from './relay.js';

/** No sweep within the test: whatever happens, happens because somebody was woken. */
const HOUR_MS = 3_600_000;
const INTAKE = 'notification-service.intake.v1';

jest.setTimeout(60_000);

const inTenSeconds: Clock = { now: () => new Date(Date.now() + 10_000) };

/** Dead: whatever it asks for, it never gets an answer. */
const never = (): Promise<never> => new Promise(() => undefined);

describe('the relay', () => {
  let broker: TestBroker;
  let publisher: Publisher;
  let closePublisher: () => Promise<void>;
  let log: TestLog;
  const relays: Relay[] = [];

  beforeAll(async () => {
    broker = await TestBroker.open('relay');
    ({ publisher, close: closePublisher } = await openPublisher(broker.url));
  });

  beforeEach(async () => {
    log = await TestLog.open('relay');
  });

  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await log.close();
    await broker.drain(INTAKE, await broker.depth(INTAKE));
  });

  afterAll(async () => {
    await closePublisher();
    await broker.close();
  });

  const start = (options: Partial<RelayOptions> = {}): Relay => {
    const relay = log.relay(publisher, options);
    relays.push(relay);
    relay.start();
    return relay;
  };

  /** What arrived on the bus, once everything appended is marked as published. */
  const bus = async (): Promise<BusMessage[]> => {
    await eventually(async () => (await log.unpublished()) === 0);
    const messages = await broker.drain(INTAKE, await broker.depth(INTAKE));
    return messages.map(({ content }: ConsumeMessage) => JSON.parse(content.toString()) as BusMessage);
  };

  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

  /** Each stream's versions in the order in which they were first on the bus. */
  const versionsByStream = (messages: BusMessage[]): Map<string, number[]> => {
    const streams = new Map<string, number[]>();
    for (const { stream, version } of messages) {
      const versions = streams.get(stream) ?? [];
      if (!versions.includes(version)) versions.push(version);
      streams.set(stream, versions);
    }
    return streams;
  };

  it('publishes by time and version, at consecutive positions, whatever the order of the ids', async () => {
    const at = (ms: number): Date => new Date(Date.UTC(2026, 0, 1) + ms);
    await log.eventLog.append(entryOf('event/b', 2, at(5)), entryOf('event/a', 1, at(7)), entryOf('event/b', 1, at(5)));
    start();
    expect(await bus()).toEqual([
      { stream: 'event/b', version: 1, position: 1 },
      { stream: 'event/b', version: 2, position: 2 },
      { stream: 'event/a', version: 1, position: 3 },
    ]);
  });

  it('is woken by a commit of its own process, and by another instance', async () => {
    start({ timing: { ...RELAY_TIMING, sweep: HOUR_MS } });
    await log.append('event/a', 1);
    await bus();
    await log.append('event/a', 2);
    await eventually(async () => (await log.unpublished()) === 0);
    // Straight into the collection, so that only the change stream can tell.
    const { _id, ...entry } = (await log.entries.findOne({ version: 2 }).lean())!;
    await log.entries.collection.insertOne({
      ...entry,
      _id: `${_id}-elsewhere` as never,
      version: 3,
      position: null,
      published_at: null,
    });
    await eventually(async () => (await log.unpublished()) === 0);
  });

  it('works in one of two instances, without a gap or a position given twice', async () => {
    start();
    start();
    await Promise.all(upTo(8).map((stream) => log.append(`event/${stream}`, 1, 40)));
    const messages = await bus();
    expect(messages.map(({ position }) => position)).toEqual(upTo(320));
    for (const versions of versionsByStream(messages).values()) expect(versions).toEqual(upTo(40));
  });

  it('changes hands in the middle of the work without a gap, and in order', async () => {
    const first = start();
    start();
    const appended = Promise.all(upTo(6).map((stream) => log.append(`event/${stream}`, 1, 60)));
    await eventually(async () => (await log.entries.countDocuments({ published_at: null })) > 0);
    await first.stop();
    relays.shift();
    await appended;
    const messages = await bus();
    expect(messages.map(({ position }) => position)).toEqual(upTo(360));
    for (const versions of versionsByStream(messages).values()) expect(versions).toEqual(upTo(60));
  });

  it('repeats with the same position what a killed one had published and not marked, and loses nothing', async () => {
    let dead = false;
    const real = log.relayLog();
    const killed: RelayLog = {
      name: real.name,
      sequence: (...args) => (dead ? never() : real.sequence(...args)),
      unpublished: (limit) => (dead ? never() : real.unpublished(limit)),
      markPublished: () => {
        dead = true;
        return never();
      },
      backlog: () => real.backlog(),
      watch: () => ({ close: () => Promise.resolve() }),
    };
    await log.append('event/a', 1, 30);
    const victim = log.relay(publisher, { log: killed });
    victim.start();
    await eventually(async () => dead && (await broker.depth(INTAKE)) >= 30);
    // As seen by a clock by which the dead one's lease has run out.
    const leases = log.leasesBy(inTenSeconds);
    start({ leases, log: log.relayLog(leases) });
    await log.append('event/a', 31, 40);
    const messages = await bus();
    const positions = messages.map(({ position }) => position);
    expect(positions.length).toBeGreaterThan(40);
    expect([...new Set(positions)]).toEqual(upTo(40));
    for (const { position, version } of messages) expect(version).toBe(position);
  });

  it('takes over within seconds where the holder just disappears', async () => {
    await log.leases.acquire('log', 'somebody who is gone', 5_000);
    await log.append('event/a', 1);
    const began = performance.now();
    start();
    await eventually(async () => (await log.unpublished()) === 0);
    expect(performance.now() - began).toBeGreaterThan(4_000);
  });

  it('takes over at once where the holder gave up', async () => {
    const first = start();
    await log.append('event/a', 1);
    await eventually(async () => (await log.unpublished()) === 0);
    start();
    await first.stop();
    const began = performance.now();
    await log.append('event/a', 2);
    await eventually(async () => (await log.unpublished()) === 0);
    // Without the release it would have to wait for the lease to end.
    expect(performance.now() - began).toBeLessThan(RELAY_TIMING.lease);
  });

  it('gives no position to one who was deposed', async () => {
    const old = (await log.leases.acquire('log', 'old', 5_000))!;
    await log.append('event/a', 1);
    expect(await log.leasesBy(inTenSeconds).acquire('log', 'new', 5_000)).toBeDefined();
    await expect(log.relayLog().sequence(old, 10)).rejects.toThrow(LeaseLost);
    expect(await log.entries.countDocuments({ position: null })).toBe(1);
  });

  it('undoes the positions of one who is deposed while it gives them', async () => {
    const old = (await log.leases.acquire('log', 'old', 5_000))!;
    await log.append('event/a', 1, 3);
    let deposed = 0;
    const leases = log.leasesBy(systemClock);
    const meddled = Object.assign(Object.create(leases) as typeof leases, {
      advance: async (...args: Parameters<typeof leases.advance>) => {
        // Past Mongoose, and so outside of the running transaction.
        if (deposed++ === 0)
          await log.leaseModel.collection.updateOne(
            { _id: 'log' as never },
            { $set: { holder: 'new' }, $inc: { token: 1 } },
          );
        return leases.advance(...args);
      },
    });
    await expect(log.relayLog(meddled).sequence(old, 10)).rejects.toThrow(LeaseLost);
    expect(deposed).toBe(2);
    expect(await log.entries.countDocuments({ position: null })).toBe(3);
    expect((await log.leaseModel.findById('log').lean())?.counter).toBe(0);
  });

  it('publishes thousands, in order', async () => {
    await Promise.all(
      upTo(10).map((stream) =>
        log.transactions.run(() =>
          log.eventLog.append(...upTo(500).map((version) => entryOf(`event/${stream}`, version))),
        ),
      ),
    );
    const began = performance.now();
    start();
    await eventually(async () => (await log.unpublished()) === 0);
    const seconds = (performance.now() - began) / 1000;
    process.stderr.write(`relay: 5,000 entries in ${seconds.toFixed(2)} s\n`);
    expect((await bus()).map(({ position }) => position)).toEqual(upTo(5_000));
  });
});
