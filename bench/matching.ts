import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import mongoose from 'mongoose';
import type { Envelope } from '#contracts';
import { newId, systemClock } from '#kernel';
import { createLogger } from '#observability';
import type { Filter } from '../apps/notification-service/src/subscriptions/matching/filter.js';
import { type Interest, wants } from '../apps/notification-service/src/subscriptions/matching/interest.js';
import { SubscriptionMatcher } from '../apps/notification-service/src/subscriptions/matching/subscription-matcher.js';
import { SubscriptionsRepository } from '../apps/notification-service/src/subscriptions/subscriptions.repository.js';
import {
  DELETED_SUBSCRIPTION,
  deletedSubscriptionSchema,
  SUBSCRIPTION,
  type SubscriptionDocument,
  subscriptionSchema,
  SUBSCRIPTIONS_HEAD,
  subscriptionsHeadSchema,
} from '../apps/notification-service/src/subscriptions/subscriptions.schema.js';
import { closedLoop, printThroughput } from './measure.js';

const SUBSCRIPTIONS = 100_000;
const EVENTS = 20_000;
const TENANTS = 1_000;
const BATCH = 200;
const INSERTED_AT_ONCE = 10_000;

/** Matching with 100,000 subscriptions, as the dispatcher asks for it, beside comparing each event with all of them. */
export async function measureMatching(mongodbUri: string): Promise<void> {
  const connection = await mongoose.createConnection(mongodbUri, { dbName: `bench_${newId()}` }).asPromise();
  const subscriptions = connection.model<SubscriptionDocument>(SUBSCRIPTION, subscriptionSchema);
  await subscriptions.createIndexes();
  for (let n = 0; n < SUBSCRIPTIONS; n += INSERTED_AT_ONCE)
    await subscriptions.collection.insertMany(
      Array.from({ length: INSERTED_AT_ONCE }, (_, m) => document(n + m)) as never,
    );
  const repository = new SubscriptionsRepository(
    subscriptions,
    connection.model(DELETED_SUBSCRIPTION, deletedSubscriptionSchema) as never,
    connection.model(SUBSCRIPTIONS_HEAD, subscriptionsHeadSchema) as never,
  );
  const matcher = new SubscriptionMatcher(repository, systemClock, createLogger({ service: 'bench', level: 'silent' }));
  const heapBefore = heapInUse();
  const begun = performance.now();
  await matcher.match([]);
  const seconds = (performance.now() - begun) / 1000;
  const megabytes = (heapInUse() - heapBefore) / 2 ** 20;
  process.stdout.write(
    `\n${SUBSCRIPTIONS} subscriptions: loaded in ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MiB of heap\n`,
  );

  const interests = Array.from({ length: SUBSCRIPTIONS }, (_, n) => interestOf(n));
  let found = 0;
  const one = async (index: number): Promise<void> => {
    found += (await matcher.match([event(index)])).length;
  };
  const batch = async (index: number): Promise<void> => {
    found += (await matcher.match(Array.from({ length: BATCH }, (_, n) => event(index * BATCH + n)))).length;
  };
  const all = async (index: number): Promise<void> => {
    found += interests.filter((interest) => wants(interest, event(index))).length;
  };
  await closedLoop(one, { clients: 1, count: 500 });
  const batches = await closedLoop(batch, { clients: 1, count: 100 });
  printThroughput(`Events matched with ${SUBSCRIPTIONS} subscriptions; milliseconds of a call`, [
    { name: 'each event with all (baseline)', figures: await closedLoop(all, { clients: 1, count: 50 }) },
    { name: 'one event a call', figures: await closedLoop(one, { clients: 1, count: 3_000 }) },
    { name: `${BATCH} events a call`, figures: { ...batches, perSecond: batches.perSecond * BATCH } },
  ]);
  process.stdout.write(`\n${found} matches in all\n`);
  await connection.dropDatabase();
  await connection.close();
}

/** Most follow one event; the rest are tenants' own types, by name, by prefix and by source; a few want everything. */
function interestOf(n: number): Interest {
  const tenant = n % TENANTS;
  const of = (members: Partial<Interest>): Interest => ({
    audience: 'everything',
    types: null,
    source: null,
    filters: [],
    ...members,
  });
  const shipped: Filter = { not: { suffix: { type: '.shipped' } } };
  if (n % 1_000 === 999) return of({});
  if (n % 10 < 6) return of({ audience: 'public', filters: [{ exact: { subject: `events/${n % EVENTS}` } }] });
  if (n % 10 < 8) return of({ types: [`com.tenant${tenant}.order.placed`], filters: [shipped] });
  if (n % 10 === 8) return of({ filters: [{ prefix: { type: `com.tenant${tenant}.` } }, shipped] });
  return of({ source: `/tenants/${tenant}`, filters: [shipped] });
}

const document = (n: number): SubscriptionDocument => ({
  _id: newId(),
  owner: { id: newId(), username: `user_${n}` },
  ...interestOf(n),
  protocol: 'HTTP',
  sink: `https://receiver-${n}.example.com/hooks/usher`,
  config: { ordering: 'none', enabled: true, max_attempts: 10 },
  disabled_reason: null,
  secrets: [{ sealed: 'A'.repeat(100), expires_at: null }],
  version: 1,
  revision: n + 1,
  created_at: new Date(),
  updated_at: new Date(),
});

function event(n: number): Envelope {
  const tenant = n % TENANTS;
  const about =
    n % 2 === 0
      ? { type: 'usher.event.updated', source: '/event-service', subject: `events/${(n * 7) % EVENTS}` }
      : { type: `com.tenant${tenant}.order.placed`, source: `/tenants/${tenant}`, subject: `orders/${n}` };
  return { specversion: '1.0', id: String(n), ...about, data: {} };
}

function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
