import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { newId } from '#kernel';
import { EVENT_SORTS, type ListEventsQuery, listEventsQuery } from './events.query.js';
import { EventsRepository } from '../events.repository.js';
import { EVENT, type EventDocument, eventSchema } from '../events.schema.js';

const now = new Date('2026-11-20T10:00:00.000Z');
const creators = Array.from({ length: 20 }, () => newId());

let connection: Connection;
let repository: EventsRepository;

beforeAll(async () => {
  const uri = process.env['USHER_TEST_MONGODB_URI'] as string;
  connection = await mongoose.createConnection(uri, { dbName: `events-explain-${newId()}` }).asPromise();
  const events = connection.model<EventDocument>(EVENT, eventSchema);
  await events.createIndexes();
  await events.insertMany(Array.from({ length: 1_000 }, (_, n) => document(n)));
  repository = new EventsRepository(events);
});

afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
});

const hours = (n: number): Date => new Date(now.getTime() + n * 3_600_000);

const document = (n: number): EventDocument => ({
  _id: newId(),
  title: `Jazz night ${n}`,
  description: '',
  location: 'Berlin',
  country: ['DE', 'FR', 'JP'][n % 3] ?? null,
  timezone: 'UTC',
  start_time: hours((n % 500) - 4),
  end_time: hours((n % 500) - 2),
  tags: [`tag-${n % 7}`, `tag-${n % 11}`],
  max_attendees: null,
  status: n % 10 === 0 ? 'canceled' : 'scheduled',
  attachment_url: null,
  coordinates: { type: 'Point', coordinates: [(n % 360) - 180, (n % 160) - 80] },
  created_by: { id: creators[n % 20] ?? '', username: 'ada' },
  booked_seats: 0,
  seats_version: 0,
  waitlist_length: 0,
  available: n % 10 !== 0,
  version: 1,
  created_at: hours(-n),
  updated_at: hours(-n),
});

const members: Record<string, Record<string, unknown>> = {
  status: { status: 'scheduled' },
  tag: { tag: 'tag-1' },
  tags: { tag: ['tag-1', 'tag-2'] },
  country: { country: 'DE' },
  q: { q: 'jazz night' },
  starts_after: { starts_after: '2026-11-21T10:00:00Z' },
  starts_before: { starts_before: '2026-11-29T10:00:00Z' },
  created_by: { created_by: creators[0] },
  near: { near: '13.4,52.5', radius_km: '500' },
  available: { available: 'true' },
};
const names = Object.keys(members);
const pairs = names.flatMap((one, n) => names.slice(n + 1).map((other) => [one, other]));

/** The stages of the plan that wins for a query, and how many index keys it reads. */
async function explain(query: ListEventsQuery): Promise<{ stages: string[]; keys: number }> {
  const answer = await repository.query(query, now).find.explain('executionStats');
  const { queryPlanner, executionStats } = answer as unknown as {
    queryPlanner: { winningPlan: unknown };
    executionStats: { totalKeysExamined: number };
  };
  const plan = JSON.stringify(queryPlanner.winningPlan);
  const stages = [...plan.matchAll(/"stage":"(\w+)"/g)].map(([, stage]) => stage as string);
  return { stages, keys: executionStats.totalKeysExamined };
}

/** A query by the names of its members, as a client would send it. */
const queryOf = (sort: string, names: readonly string[]): ListEventsQuery =>
  listEventsQuery.parse(Object.assign({ sort }, ...names.map((name) => members[name])));

/** The query at its beginning, and where it goes on after a page. */
async function pages(query: ListEventsQuery): Promise<ListEventsQuery[]> {
  const { next_cursor } = await repository.page(query, now);
  return next_cursor === null ? [query] : [query, { ...query, cursor: next_cursor }];
}

describe.each(EVENT_SORTS)('sorted by %s', (sort) => {
  it('no query, and no two together, reads the whole collection', async () => {
    for (const combination of [[], ...names.map((name) => [name]), ...pairs])
      for (const page of await pages(queryOf(sort, combination)))
        expect({ combination, ...(await explain(page)) }).not.toMatchObject({
          stages: expect.arrayContaining(['COLLSCAN']),
        });
  });

  it.each(['', 'status', 'tag', 'country', 'created_by', 'available'])(
    'a page by %s reads its own rows in order and little else, however deep',
    async (name) => {
      const query = queryOf(sort, name === '' ? [] : [name]);
      let cursor: string | undefined;
      for (let depth = 0; depth < 5; depth += 1) {
        const { stages, keys } = await explain({ ...query, cursor });
        expect(stages).not.toContain('SORT');
        expect(keys).toBeLessThan(2 * query.limit);
        cursor = (await repository.page({ ...query, cursor }, now)).next_cursor ?? undefined;
      }
    },
  );
});

it('finds what is due by its index', async () => {
  const events = connection.model<EventDocument>(EVENT);
  const plan = await events.find({ status: 'scheduled', end_time: now }).sort({ end_time: 1 }).explain('queryPlanner');
  expect(JSON.stringify(plan)).toContain('status_1_end_time_1');
});
