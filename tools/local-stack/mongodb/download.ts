import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DryMongoBinary } from 'mongodb-memory-server-core';
import { runCommand } from '../command.js';
import { repositoryRoot } from '../paths.js';
import { runStep, type OnStep } from '../progress.js';
import { Unavailable } from '../ways.js';

/** The version that is fetched where none is installed; the registry tarball carries the same. */
export const MONGODB_VERSION = '8.2.6';

const VENDOR = 'https://fastdl.mongodb.org/';
const PROXIES = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'MONGOMS_DOWNLOAD_MIRROR',
  'MONGOMS_DOWNLOAD_URL',
];
const MIB = 1024 * 1024;

/** Where the vendor's downloads are kept; not shared with other files, the library removes what it does not know. */
export const vendorDir = (cacheDir: string): string => join(cacheDir, 'mongodb', 'vendor');

/** A binary that mongodb-memory-server has downloaded before, for this project or for another. */
export const findVendorBinary = (cacheDir: string): Promise<string | undefined> =>
  DryMongoBinary.locateBinary({ version: MONGODB_VERSION, downloadDir: vendorDir(cacheDir) }).catch(() => undefined);

/** Runs in a process of its own, whose output is the library's progress report; the path comes last. */
const DOWNLOADER = `require('mongodb-memory-server-core').MongoBinary.getPath({ checkMD5: true }).then(
  (path) => console.log('\\nPATH ' + path),
  (error) => { console.log('\\nERROR ' + error.message.split('\\n')[0]); process.exit(1); })`;

/**
 * Downloads `mongod` from its vendor with mongodb-memory-server-core, checked by MD5, and returns its path.
 *
 * @throws {Unavailable} within five seconds where the network does not reach the vendor.
 */
export async function downloadFromVendor(folder: string, onStep: OnStep): Promise<string> {
  await reachVendor();
  await mkdir(folder, { recursive: true });
  return runStep(onStep, `Download MongoDB ${MONGODB_VERSION} from mongodb.org`, async (advance) => {
    const { MONGOMS_SYSTEM_BINARY: _, ...env } = process.env;
    const { output } = await runCommand(process.execPath, ['-e', DOWNLOADER], {
      cwd: repositoryRoot(),
      env: { ...env, MONGOMS_VERSION: MONGODB_VERSION, MONGOMS_DOWNLOAD_DIR: folder, MONGOMS_MAX_RETRIES: '1' },
      onOutput: (text) => {
        const progress = /\(([\d.]+)mb \/ ([\d.]+)mb\)/.exec(text);
        if (progress) advance(Number(progress[1]) * MIB, Number(progress[2]) * MIB);
      },
    });
    const path = /^PATH (.+)$/m.exec(output)?.[1];
    if (!path) throw new Unavailable(/^ERROR (.+)$/m.exec(output)?.[1] ?? output.trim().split('\n').at(-1) ?? 'failed');
    return path;
  });
}

/** A closed network must fail over at once, not after the library's retries. Behind a proxy only the library can tell. */
async function reachVendor(): Promise<void> {
  if (PROXIES.some((name) => process.env[name])) return;
  try {
    await fetch(VENDOR, { method: 'HEAD', signal: AbortSignal.timeout(5_000) });
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    throw new Unavailable(`${new URL(VENDOR).host} cannot be reached (${cause?.code ?? cause?.message ?? message})`);
  }
}
