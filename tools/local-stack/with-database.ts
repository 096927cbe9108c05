import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tryLock } from './lock.js';
import { startMongodb } from './mongodb/mongodb.js';
import { replicaSetUri } from './mongodb/replica-set.js';
import { repositoryRoot } from './paths.js';

/**
 * `with-database.js <script> [arguments]`: runs a script of ours on the database that `npm start` uses: that of
 * MONGODB_URI, else the one that is running now, else the same data served for as long as the script takes.
 */

const root = repositoryRoot();
const dataDir = join(root, '.usher');
const folder = join(dataDir, 'mongodb');

/** Where the database is, and what to do when it is needed no more. */
async function findDatabase(): Promise<{ uri: string; done: () => Promise<void> }> {
  const { MONGODB_URI } = process.env;
  if (MONGODB_URI) return { uri: MONGODB_URI, done: () => Promise.resolve() };
  if (!existsSync(folder)) throw new Error(`There is no data in ${folder} yet: run npm start, or set MONGODB_URI.`);
  const lock = await tryLock(join(dataDir, 'lock'));
  if (!('release' in lock)) {
    const port = Number(await readFile(join(folder, 'port'), 'utf8'));
    return { uri: replicaSetUri(port), done: () => Promise.resolve() };
  }
  try {
    const mongodb = await startMongodb({ dataDir: folder });
    return { uri: mongodb.uri, done: () => mongodb.stop().finally(() => lock.release()) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function main(): Promise<void> {
  const [script, ...rest] = process.argv.slice(2);
  if (script === undefined) throw new Error('Which script?');
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  const { uri, done } = await findDatabase();
  process.env['MONGODB_URI'] = uri;
  process.argv.splice(1, process.argv.length - 1, script, ...rest);
  try {
    await import(pathToFileURL(resolve(script)).href);
  } finally {
    await done();
  }
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
