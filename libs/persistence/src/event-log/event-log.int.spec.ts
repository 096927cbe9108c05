import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Connection, createConnection, type Model } from 'mongoose';
import { testDatabase } from '#testing';
import '../connection.js';
import { createIndexes } from '../indexes.js';
import { Transactions } from '../transactions.js';
import { trustedFilter } from '../trusted-filter.js';
import { EventLog, type NewLogEntry } from './event-log.js';
import { EVENT_LOG, eventLogSchema, type LogEntry } from './event-log.schema.js';

const test = testDatabase('event-log');

const entry = (stream: string, version: number, username = 'ada'): NewLogEntry => ({
  stream,
  version,
  type: 'usher.user.registered',
  subject: stream,
  data: { user: { id: '66ef00000000000000000001', username } },
  time: new Date(),
  actor: { id: null, username: 'system' },
});

/** How MongoDB answers: the stages of the plan, and what it looked at. */
interface Explanation {
  queryPlanner: { winningPlan: object };
  executionStats: { totalDocsExamined: number; totalKeysExamined: number; nReturned: number };
}

describe('the event log', () => {
  let connection: Connection;
  let entries: Model<LogEntry>;
  let log: EventLog;
  let transactions: Transactions;

  beforeAll(async () => {
    connection = await createConnection(test.uri, { dbName: test.database }).asPromise();
    entries = connection.model<LogEntry>(EVENT_LOG, eventLogSchema);
    await createIndexes(connection);
    log = new EventLog(entries);
    transactions = new Transactions(connection);
  });

  afterAll(async () => {
    await connection.close();
    await test.drop();
  });

  /** Runs `work` and answers how often the log announced something meanwhile. */
  const announced = async (work: () => Promise<unknown>): Promise<number> => {
    let count = 0;
    const forget = log.onAppended(() => (count += 1));
    await work();
    forget();
    return count;
  };

  it('announces once what a transaction appended, after its commit', async () => {
    const count = announced(() =>
      transactions.run(async () => {
        await log.append(entry('user/a', 1));
        await log.append(entry('user/a', 2));
        expect(await entries.countDocuments({ stream: 'user/a' })).toBe(2);
      }),
    );
    expect(await count).toBe(1);
    expect(await log.read('user/a', { limit: 10 })).toHaveLength(2);
  });

  it('announces nothing of a transaction that failed', async () => {
    const failing = transactions.run(async () => {
      await log.append(entry('user/b', 1));
      throw new Error('changed my mind');
    });
    expect(await announced(() => failing.catch(() => undefined))).toBe(0);
    expect(await log.read('user/b', { limit: 10 })).toEqual([]);
  });

  it('announces what was appended outside of any transaction', async () => {
    expect(await announced(() => log.append(entry('user/c', 1)))).toBe(1);
  });

  it('refuses an entry that no message could carry', async () => {
    const huge = entry('user/d', 1, 'x'.repeat(65_000));
    await expect(log.append(huge)).rejects.toMatchObject({ code: 'payload-too-large', retryable: false });
    expect(await log.read('user/d', { limit: 1 })).toEqual([]);
  });

  it('refuses a version twice, and a position twice', async () => {
    await log.append(entry('user/e', 1));
    await expect(log.append(entry('user/e', 1))).rejects.toMatchObject({ code: 11_000 });
    await log.append(entry('user/e', 2));
    await entries.updateOne({ stream: 'user/e', version: 1 }, { $set: { position: 1 } });
    const second = entries.updateOne({ stream: 'user/e', version: 2 }, { $set: { position: 1 } });
    await expect(second).rejects.toMatchObject({ code: 11_000 });
  });

  it('knows which streams have been begun', async () => {
    await log.append(entry('user/f', 1), entry('user/g', 1), entry('user/g', 2));
    expect(await log.begun(['user/f', 'user/g', 'user/none'])).toEqual(new Set(['user/f', 'user/g']));
    expect(await log.begun([])).toEqual(new Set());
  });

  describe('among 20,000 published entries', () => {
    beforeAll(async () => {
      await entries.deleteMany({});
      const old = Array.from({ length: 20_000 }, (_, index) => ({
        ...entry('user/old', index + 1),
        _id: `old-${index}`,
        dataschema: 'd',
        traceparent: 't',
        correlationid: 'c',
        position: index + 1,
        published_at: new Date(),
      }));
      await entries.collection.insertMany(old as never[]);
      for (let version = 1; version <= 20; version += 1) await log.append(entry('user/new', version));
      await entries.updateMany(
        trustedFilter({ stream: 'user/new', version: { $lte: 8 } }),
        [{ $set: { position: { $add: [20_000, '$version'] } } }] as never,
        { updatePipeline: true },
      );
    });

    const explain = (filter: object, sort: Record<string, 1>): Promise<Explanation> =>
      entries
        .find(trustedFilter(filter))
        .sort(sort)
        .limit(500)
        .explain('executionStats') as unknown as Promise<Explanation>;

    it.each([
      ['without a position', { published_at: null, position: null }, { time: 1, version: 1, _id: 1 }, 12],
      ['with a position and not published', { published_at: null, position: { $gt: 0 } }, { position: 1 }, 8],
    ] as const)('finds those %s by index, in order and without looking at others', async (_, filter, sort, count) => {
      const { queryPlanner, executionStats } = await explain(filter, sort);
      const plan = JSON.stringify(queryPlanner.winningPlan);
      expect(plan).toContain('"indexName":"unpublished"');
      expect(plan).not.toContain('"stage":"SORT"');
      expect(executionStats).toMatchObject({ nReturned: count, totalDocsExamined: count });
      expect(executionStats.totalKeysExamined).toBeLessThanOrEqual(count + 1);
    });

    it('counts those that are not published by index alone', async () => {
      const { executionStats } = await explain({ published_at: null }, { position: 1 });
      expect(executionStats).toMatchObject({ nReturned: 20, totalDocsExamined: 20 });
    });
  });
});
