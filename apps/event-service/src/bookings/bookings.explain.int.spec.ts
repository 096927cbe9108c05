import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose, { type Connection, type mongo } from 'mongoose';
import { BOOKING_STATUSES, type BookingStatus } from '#contracts';
import { newId } from '#kernel';
import { type BookingFilter, BookingsRepository } from './bookings.repository.js';
import { BOOKING, type BookingDocument, bookingSchema } from './bookings.schema.js';

const now = new Date('2026-11-20T10:00:00.000Z');
const ids = (n: number): string[] => Array.from({ length: n }, () => newId());
const [big] = ids(1) as [string];
const [events, creators, owners, attendees] = [ids(300), ids(20), ids(200), ids(4_000)];

/** Somebody who goes to all of the small events. */
const frequent = attendees[30 * 59]!;

let connection: Connection;
let repository: BookingsRepository;
let documents: BookingDocument[];
/** What the repository sends, as it is sent. */
const sent: mongo.CommandStartedEvent[] = [];

beforeAll(async () => {
  const uri = process.env['USHER_TEST_MONGODB_URI'] as string;
  const options = { dbName: `bookings-explain-${newId()}`, monitorCommands: true };
  connection = await mongoose.createConnection(uri, options).asPromise();
  const bookings = connection.model<BookingDocument>(BOOKING, bookingSchema);
  await bookings.createIndexes();
  // One event that everybody goes to, and many that few do.
  documents = Array.from({ length: 20_000 }, (_, n) => document(n));
  await bookings.insertMany(documents, { lean: true });
  repository = new BookingsRepository(bookings);
  connection.getClient().on('commandStarted', (command) => sent.push(command));
}, 60_000);

afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
});

/** Of the great event every hundredth waits, and of the rest a third is canceled and a tenth has come. */
const statusOf = (n: number): BookingStatus =>
  n % 100 === 0 ? 'waitlisted' : n % 3 === 0 ? 'canceled' : n % 10 === 1 ? 'checked_in' : 'confirmed';

function document(n: number): BookingDocument {
  const status = statusOf(n);
  const live = status !== 'canceled';
  const event = n < 8_000 ? big : events[n % events.length]!;
  const organiser = { id: creators[event === big ? 0 : n % creators.length]!, username: 'ada' };
  return {
    _id: newId(),
    event: { id: event, title: 'Jazz night', start_time: now, created_by: organiser },
    // Nobody twice to one event.
    attendee_id: event === big ? (attendees[n] ?? newId()) : attendees[Math.floor(n / events.length) * 59]!,
    email_key: live ? `${n}@example.com` : null,
    owner_id: n % 2 === 0 ? owners[n % owners.length]! : null,
    seats: 1 + (n % 3),
    status,
    live,
    code: 'CODE',
    waitlist_ticket: status === 'waitlisted' ? n + 1 : null,
    cancellation_reason: live ? null : 'requested',
    version: 1,
    created_at: new Date(now.getTime() + n * 1_000),
    updated_at: now,
    canceled_at: null,
    checked_in_at: null,
  };
}

interface Cost {
  returned: number;
  documents: number;
  keys: number;
  stages: string[];
}

interface Stats {
  nReturned: number;
  totalDocsExamined: number;
  totalKeysExamined: number;
}
interface Plan {
  queryPlanner: { winningPlan: unknown };
  executionStats: Stats;
}

/** What the one command costs that `ask` has the repository send. */
async function costOf(ask: () => Promise<unknown>): Promise<Cost> {
  sent.length = 0;
  await ask();
  const commands = sent.filter(({ commandName }) => ['find', 'aggregate', 'update'].includes(commandName));
  expect(commands).toHaveLength(1);
  const { lsid: _session, $clusterTime: _time, $db: _db, txnNumber: _txn, ...command } = commands[0]!.command;
  const answer = await connection.db!.command({ explain: command, verbosity: 'executionStats' });
  // Of a pipeline it is its first stage that reads.
  const stages = answer['stages'] as [{ $cursor: Plan }] | undefined;
  const { queryPlanner, executionStats } = stages?.[0].$cursor ?? (answer as unknown as Plan);
  return {
    returned: executionStats.nReturned,
    documents: executionStats.totalDocsExamined,
    keys: executionStats.totalKeysExamined,
    stages: Array.from(JSON.stringify(queryPlanner.winningPlan).matchAll(/"stage":"(\w+)"/g), ([, stage]) => stage!),
  };
}

const claims = () =>
  documents.slice(3_900, 4_000).map(({ attendee_id, email_key }) => ({
    id: newId(),
    attendee_id,
    email_key: email_key ?? 'nobody@example.com',
  }));
const waiting = () => documents.filter(({ event, status }) => event.id === big && status === 'waitlisted');
const page = (filter: () => BookingFilter, cursor?: string) => repository.page(filter(), { limit: 20, cursor });

it.each<[string, () => Promise<unknown>]>([
  ['what requests for seats collide with', () => repository.colliding(big, claims())],
  ['who waits', () => repository.waiting(big, 10, 100)],
  ['who waits, where there is no limit', () => repository.waiting(big, Infinity, 100)],
  ['the next ticket', () => repository.nextTicket(big)],
  ['what can be canceled', () => repository.cancelable(big, 100)],
  ['an attendee’s live bookings', () => repository.liveOf(frequent)],
  ['places in line', () => repository.waitlistPositions([big], [waiting()[7]!._id])],
  ['a booking', () => repository.find(documents[9]!._id)],
])('reads what it is asked for and little else: %s', async (_, ask) => {
  const { returned, documents: read, keys, stages } = await costOf(ask);
  expect(returned).toBeGreaterThan(0);
  expect(stages).not.toContain('COLLSCAN');
  expect(stages).not.toContain('SORT');
  // Some are passed over: who has come cannot be canceled, and an attendee has canceled bookings too.
  expect(read).toBeLessThanOrEqual(returned * 1.6);
  // Two keys for each of a hundred requests: attendee and address.
  expect(keys).toBeLessThanOrEqual(Math.max(3 * returned, 10));
});

it('finds the bookings to give another address by their index', async () => {
  const { documents: read, stages } = await costOf(() => repository.updateEmail(frequent, 'new@example.com'));
  expect(stages).not.toContain('COLLSCAN');
  expect(read).toBeLessThan(310);
});

const lists: [string, () => BookingFilter][] = [
  ['an owner’s', () => ({ owner_id: owners[2]! })],
  ['an attendee’s', () => ({ attendee_id: frequent })],
  ['a creator’s', () => ({ 'event.created_by.id': creators[0]! })],
  ['an event’s', () => ({ 'event.id': big })],
  ['everybody’s', () => ({})],
];

describe('a page', () => {
  it.each(lists)('of %s bookings reads its own rows in order and little else, however deep', async (_, filter) => {
    let cursor: string | undefined;
    for (let depth = 0; depth < 5; depth += 1) {
      const { returned, keys, stages } = await costOf(() => page(filter, cursor));
      expect(returned).toBeGreaterThan(0);
      expect(stages).not.toContain('COLLSCAN');
      expect(stages).not.toContain('SORT');
      expect(keys).toBeLessThan(40);
      cursor = (await page(filter, cursor)).next_cursor ?? undefined;
    }
  });

  it.each(lists)(
    'of %s bookings of one status, or of one event, never reads the whole collection',
    async (_, filter) => {
      for (const more of [...BOOKING_STATUSES.map((status) => ({ status })), { 'event.id': big }]) {
        const { stages } = await costOf(() => page(() => ({ ...filter(), ...more })));
        expect({ more, stages }).not.toMatchObject({ stages: expect.arrayContaining(['COLLSCAN']) });
      }
    },
  );
});
