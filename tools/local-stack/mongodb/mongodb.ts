import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePorts, isFree } from '../ports.js';
import { lastLines, spawnServer, type ServerProcess } from '../process.js';
import { runStep, silent, type OnStep } from '../progress.js';
import type { LocalServer } from '../server.js';
import { readSettings, type StackSettings } from '../settings.js';
import { Unusable } from '../ways.js';
import { findMongodBinary, type MongodBinary } from './find-binary.js';
import { becomePrimary, replicaSetUri } from './replica-set.js';

/** A replica set of one that we run. */
export interface Mongodb extends LocalServer {
  /** Connection string without a database name. */
  readonly uri: string;
  readonly port: number;
  readonly version: string;
}

export interface MongodbOptions {
  /** Made when missing; what is in it is kept. */
  readonly dataDir: string;
  /** Loopback port; without one, the port that this folder had the last time, or any. */
  readonly port?: number | undefined;
  readonly onStep?: OnStep | undefined;
  readonly settings?: StackSettings | undefined;
  /** Nobody needs the data again: stop at once rather than cleanly. */
  readonly throwAway?: boolean | undefined;
}

/** Time for a checkpoint and a clean shutdown. */
const STOP_GRACE_MS = 15_000;

/**
 * Starts a `mongod` of our own on loopback as replica set `rs0` and resolves when it is primary. It never outlives this
 * process.
 *
 * @throws {NothingWorked} when no `mongod` can be had, {Unusable} with its last log lines when it does not start.
 */
export async function startMongodb(options: MongodbOptions): Promise<Mongodb> {
  const onStep = options.onStep ?? silent;
  const binary = await findMongodBinary(options.settings ?? readSettings(), onStep);
  return runStep(
    onStep,
    'Start MongoDB',
    () => startWithBinary(binary, options),
    ({ port, version }) => `${version}, replica set on 127.0.0.1:${port}`,
  );
}

async function startWithBinary(binary: MongodBinary, options: MongodbOptions): Promise<Mongodb> {
  const { dataDir, throwAway = false } = options;
  await mkdir(join(dataDir, 'db'), { recursive: true });
  const port = options.port ?? (await choosePort(join(dataDir, 'port')));
  let server = await launch(binary, dataDir, port);
  return {
    uri: replicaSetUri(port),
    port,
    version: binary.version,
    get pid() {
      return server.pid;
    },
    get exited() {
      return server.exited;
    },
    kill: (signal) => server.kill(signal),
    stop: () => (throwAway ? server.kill('SIGKILL') : server.stop(STOP_GRACE_MS)),
    async restart() {
      await server.stop(STOP_GRACE_MS);
      server = await launch(binary, dataDir, port);
    },
  };
}

async function launch({ path }: MongodBinary, dataDir: string, port: number): Promise<ServerProcess> {
  const outputFile = join(dataDir, 'mongod.log');
  const server = await spawnServer({
    command: path,
    args: [
      ...['--replSet', 'rs0', '--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', join(dataDir, 'db')],
      ...['--nounixsocket', '--quiet', '--wiredTigerCacheSizeGB', '0.5', '--oplogSize', '256'],
      ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
    ].filter((argument) => process.platform !== 'win32' || argument !== '--nounixsocket'),
    cwd: dataDir,
    output: outputFile,
  });
  try {
    await becomePrimary(port, server.gone);
    return server;
  } catch (error) {
    await server.kill('SIGKILL');
    throw new Unusable(`mongod did not start: ${String(error)}\n${lastLines(outputFile, 3).join('\n')}`);
  }
}

/** The port of the last time is kept while it is free: a developer's tools stay connected over restarts. */
async function choosePort(file: string): Promise<number> {
  const last = existsSync(file) ? Number(await readFile(file, 'utf8')) : Number.NaN;
  const port = Number.isInteger(last) && (await isFree(last)) ? last : await findFreePorts(1);
  await writeFile(file, String(port));
  return port;
}
