import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { keptSecret } from './kept-secret.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-secret-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('keeps a secret for its owner alone, as long as the folder is there', async () => {
  const file = join(folder, 'one');
  const secret = await keptSecret(file);
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(await keptSecret(file)).toBe(secret);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await keptSecret(join(folder, 'another'))).not.toBe(secret);
});
