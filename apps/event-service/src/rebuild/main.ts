import { parseArgs } from 'node:util';
import mongoose from 'mongoose';
import { systemClock } from '#kernel';
import { readConfig } from '../config.js';
import { PROJECTIONS } from './projections.js';
import { Rebuild } from './rebuild.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * `npm run rebuild`: makes `bookings` and `events` anew from `event_log` and puts them in place of what is there; stop the
 * service first.
 * `npm run rebuild -- --verify`: changes nothing, and reports where they differ; the service may run.
 * The database is that of `npm start`, or of MONGODB_URI (tools/local-stack/with-database.ts).
 * Exit code 0: done, no difference; 1: differences; 2: it could not be done.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { verify: { type: 'boolean', default: false } } });
  const { MONGODB_URI, MONGODB_DATABASE } = readConfig(process.env);
  const options = { dbName: MONGODB_DATABASE, autoIndex: false, autoCreate: false, serverSelectionTimeoutMS: 5_000 };
  const connection = await mongoose.createConnection(MONGODB_URI, options).asPromise();
  try {
    const rebuild = new Rebuild(connection, PROJECTIONS, systemClock, print);
    const { entries, documents, differences } = await (values.verify ? rebuild.verify() : rebuild.replace());
    const made = Object.entries(documents).map(([collection, count]) => `${count} ${collection}`);
    const replayed = `${entries} log entries make ${made.join(' and ')}`;
    if (!values.verify) print(`${replayed}; they are in place.`);
    else if (differences === 0) print(`${replayed}; the live collections agree.`);
    else print(`${replayed}; the live collections differ: ${differences}.`);
    return differences === 0 ? 0 : 1;
  } finally {
    await connection.close();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});
