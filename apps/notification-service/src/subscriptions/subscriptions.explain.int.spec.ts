import { afterAll, beforeAll, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { keysetQuery } from '#http';
import { newId } from '#kernel';
import { testDatabase } from '#testing';
import { SubscriptionsRepository } from './subscriptions.repository.js';
import {
  DELETED_SUBSCRIPTION,
  deletedSubscriptionSchema,
  SUBSCRIPTION,
  type SubscriptionDocument,
  subscriptionSchema,
  SUBSCRIPTIONS_HEAD,
  subscriptionsHeadSchema,
} from './subscriptions.schema.js';

const COUNT = 1_000;
const LIMIT = 20;

const database = testDatabase();
const owners = Array.from({ length: 20 }, () => newId());
let connection: Connection;
let repository: SubscriptionsRepository;

beforeAll(async () => {
  connection = await mongoose.createConnection(database.uri, { dbName: database.database }).asPromise();
  const subscriptions = connection.model<SubscriptionDocument>(SUBSCRIPTION, subscriptionSchema);
  const deleted = connection.model(DELETED_SUBSCRIPTION, deletedSubscriptionSchema);
  const heads = connection.model(SUBSCRIPTIONS_HEAD, subscriptionsHeadSchema);
  await subscriptions.createIndexes();
  await deleted.createIndexes();
  await subscriptions.insertMany(Array.from({ length: COUNT }, (_, n) => document(n)));
  await deleted.insertMany(
    Array.from({ length: COUNT }, (_, n) => ({ _id: newId(), revision: COUNT + n + 1, deleted_at: new Date() })),
  );
  repository = new SubscriptionsRepository(subscriptions, deleted as never, heads as never);
});

afterAll(async () => {
  await connection.close();
  await database.drop();
});

const document = (n: number): SubscriptionDocument => ({
  _id: newId(),
  owner: { id: owners[n % 20] ?? '', username: 'ada' },
  audience: 'public',
  types: null,
  source: null,
  filters: [],
  protocol: 'HTTP',
  sink: 'https://example.com/',
  config: { ordering: 'none', enabled: true, max_attempts: 10 },
  disabled_reason: null,
  secrets: [],
  version: 1,
  revision: n + 1,
  created_at: new Date(Date.UTC(2026, 0, 1) + n * 1_000),
  updated_at: new Date(),
});

async function explain(query: {
  explain(verbosity: 'executionStats'): PromiseLike<unknown>;
}): Promise<{ plan: string; keys: number }> {
  const { queryPlanner, executionStats } = (await query.explain('executionStats')) as {
    queryPlanner: { winningPlan: unknown };
    executionStats: { totalKeysExamined: number };
  };
  return { plan: JSON.stringify(queryPlanner.winningPlan), keys: executionStats.totalKeysExamined };
}

it.each(['of one owner', 'of all'])('a page %s reads its own rows in order, however deep', async (whose) => {
  const owner = whose === 'of all' ? undefined : owners[0];
  let cursor: string | undefined;
  for (let depth = 0; depth < 2; depth += 1) {
    const { filter, sort } = keysetQuery({ field: 'created_at', direction: 1, type: 'date' }, { limit: LIMIT, cursor });
    const { plan, keys } = await explain(repository.query(owner, filter).sort(sort).limit(LIMIT));
    expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
    expect(keys).toBeLessThan(2 * LIMIT);
    cursor = (await repository.page(owner, { limit: LIMIT, cursor })).next_cursor ?? undefined;
  }
});

it('what has changed is read by its revision', async () => {
  for (const name of [SUBSCRIPTION, DELETED_SUBSCRIPTION]) {
    const { plan, keys } = await explain(
      connection.model(name).find({ revision: mongoose.trusted({ $gt: 2 * COUNT - 5 }) }),
    );
    expect(plan).toContain('revision_1');
    expect(keys).toBeLessThan(10);
  }
  const changes = await repository.changesAfter(COUNT - 1);
  expect(changes[0]).toMatchObject({ revision: COUNT, subscription: { version: 1 } });
  expect(changes[1]).toMatchObject({ revision: COUNT + 1, subscription: null });
});
