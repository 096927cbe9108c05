/**
 * `npm run race [-- clients [seats]]`: everybody wants the last seats at once. Prints what the clients
 * were told beside what the service has, with one instance, with three, and with one of three killed in the middle.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import type { EventResource } from '#contracts';
import { type LocalStack, startLocalStack } from '#local-stack';
import { type RaceLedger, raceForSeats, RunningSystem } from '#testing';

const [clients = 2_000, seats = 100] = process.argv.slice(2).map(Number);
const RACES = [
  { title: 'one instance', instances: 1, kill: false },
  { title: 'three instances', instances: 3, kill: false },
  { title: 'three instances, one killed in the middle', instances: 3, kill: true },
];

interface Outcome {
  ledger: RaceLedger;
  event: EventResource;
  stored: { confirmed: number; attendees: number; logged: number };
  seconds: number;
}

async function race(stack: LocalStack, { instances, kill }: { instances: number; kill: boolean }): Promise<Outcome> {
  const { mongodbUri, rabbitmqUrl } = stack;
  const system = await RunningSystem.start({
    mongodbUri,
    rabbitmqUrl,
    eventServices: instances,
    notificationServices: 0,
  });
  try {
    const creator = await system.signUp();
    const { id: eventId } = await creator.createEvent({ max_attendees: seats });
    const urls = system.eventServices.map(({ url }) => url);
    const started = performance.now();
    const onAnswer = (answered: number): void => {
      if (kill && answered === Math.ceil(seats / 4)) void system.eventServices.at(-1)?.kill('SIGKILL');
    };
    const ledger = await raceForSeats({ eventId, clients, urls, onAnswer });
    const seconds = (performance.now() - started) / 1000;
    const { body: event } = await creator.events<EventResource>('GET', `/v1/events/${eventId}`);
    return { ledger, event, seconds, stored: await count(mongodbUri, system.databases.events, eventId) };
  } finally {
    await system.stop();
  }
}

/** What the database has, past every line of Usher's code. */
async function count(uri: string, dbName: string, eventId: string): Promise<Outcome['stored']> {
  const connection = await mongoose.createConnection(uri, { dbName }).asPromise();
  const bookings = connection.collection('bookings');
  const confirmed = { 'event.id': eventId, status: 'confirmed' };
  const stored = {
    confirmed: await bookings.countDocuments(confirmed),
    attendees: (await bookings.distinct('attendee_id', confirmed)).length,
    logged: await connection
      .collection('event_log')
      .countDocuments({ type: 'usher.booking.confirmed', 'data.event.id': eventId }),
  };
  await connection.close();
  return stored;
}

function print(title: string, { ledger, event, stored, seconds }: Outcome): boolean {
  const told = ledger.confirmed.length + ledger.confirmedUnheard;
  const refused = Object.entries(ledger.refused);
  const rows: [string, number, boolean][] = [
    ['told 201', ledger.confirmed.length, true],
    ['booked, but the answer was lost', ledger.confirmedUnheard, true],
    ...refused.map(([code, times]): [string, number, boolean] => [`told ${code}`, times, code === 'event-full']),
    ['clients, in all', told + refused.reduce((sum, [, times]) => sum + times, 0), true],
    ['requests sent again', ledger.repeated, true],
    ['seats of the event', seats, true],
    ['counter (booked_seats)', event.booked_seats, event.booked_seats === told],
    ['bookings confirmed', stored.confirmed, stored.confirmed === told],
    ['different attendees', stored.attendees, stored.attendees === told],
    ['confirmations in the log', stored.logged, stored.logged === told],
  ];
  const right = told === Math.min(seats, clients) && rows.every(([, , holds]) => holds);
  const lines = rows.map(([name, figure, holds]) => `| ${name} | ${figure} |${holds ? '' : ' WRONG'}`);
  process.stdout.write(
    [
      `\n### ${clients} clients, ${seats} seats: ${title}\n`,
      '| | |',
      '|---|---:|',
      ...lines,
      '',
      `${right ? 'Sold once each' : 'NOT RIGHT'}, in ${seconds.toFixed(1)} s.`,
      '',
    ].join('\n'),
  );
  return right;
}

const folder = await mkdtemp(join(tmpdir(), 'usher-race-'));
const stack = await startLocalStack({ dataDir: folder, throwAway: true });
try {
  for (const { title, ...options } of RACES) if (!print(title, await race(stack, options))) process.exitCode = 1;
} finally {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}
