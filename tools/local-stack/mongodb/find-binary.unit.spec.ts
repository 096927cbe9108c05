import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../settings.js';
import { Unavailable } from '../ways.js';
import { binaryWays } from './find-binary.js';
import { requireDigest } from './registry-tarball.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-binary-'));
});
afterAll(() => rm(folder, { recursive: true }));

const fakeMongod = (version: string) =>
  writeFile(join(folder, 'mongod'), `#!/bin/sh\necho "db version v${version}"\n`, { mode: 0o755 });
const attempt = (index: number, env: NodeJS.ProcessEnv) =>
  binaryWays(readSettings(env), () => undefined)
    [index]?.try()
    .catch((error: unknown) => (error instanceof Error ? error.message : error));

describe('a mongod that is there already', () => {
  it('is taken from PATH when it is new enough', async () => {
    await fakeMongod('7.0.14');
    expect(await attempt(1, { PATH: folder })).toEqual({
      path: join(folder, 'mongod'),
      version: '7.0.14',
      from: 'PATH',
    });
  });

  it('is refused with a reason when it is too old', async () => {
    await fakeMongod('4.4.29');
    expect(await attempt(1, { PATH: folder })).toBe(`${join(folder, 'mongod')} is 4.4.29, at least 6.0 is needed`);
  });

  it('is refused with a reason when it does not run', async () => {
    await writeFile(join(folder, 'broken'), '#!/bin/sh\necho "libcrypto.so.3: not found"; exit 127\n', { mode: 0o755 });
    const path = join(folder, 'broken');
    expect(await attempt(0, { MONGOMS_SYSTEM_BINARY: path })).toBe(`${path} does not run: libcrypto.so.3: not found`);
  });

  it('is missed by name when MONGOMS_SYSTEM_BINARY names nothing', async () => {
    expect(await attempt(0, { MONGOMS_SYSTEM_BINARY: '/no/mongod' })).toBe('/no/mongod does not exist');
  });
});

describe('the checksum of what was fetched', () => {
  const sha256OfAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'; // FIPS 180-2, appendix B.1

  it('passes when it matches', async () => {
    await writeFile(join(folder, 'abc'), 'abc');
    await expect(requireDigest(join(folder, 'abc'), 'sha256', 'hex', sha256OfAbc)).resolves.toBeUndefined();
  });

  it('stops everything when it does not: no later way is tried', async () => {
    await writeFile(join(folder, 'abd'), 'abd');
    const error = await requireDigest(join(folder, 'abd'), 'sha256', 'hex', sha256OfAbc).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Unavailable);
    expect((error as Error).message).toMatch(/abd is not what it should be: sha256 .*expected ba7816bf.*Not used/);
  });
});
