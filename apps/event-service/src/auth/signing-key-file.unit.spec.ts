import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SigningKey } from '#auth';
import { readConfig } from '../config.js';
import { loadSigningKey } from './signing-key-file.js';

describe('the signing key', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usher-key-'));
    file = join(folder, 'deeper', 'key.pem');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const load = (settings: Record<string, string> = {}) =>
    loadSigningKey(readConfig({ SIGNING_KEY_FILE: file, ...settings }));

  it('is made where there is none, kept for its owner alone, and found again', async () => {
    const made = await load();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await load()).kid).toBe(made.kid);
    expect(await readdir(join(folder, 'deeper'))).toEqual(['key.pem']);
  });

  it('is one, of however many instances start at once', async () => {
    const keys = await Promise.all(Array.from({ length: 5 }, () => load()));
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
  });

  it('is taken from the environment, with \\n for line breaks', async () => {
    const pem = SigningKey.newPem();
    const { kid } = await SigningKey.fromPem(pem);
    expect((await load({ SIGNING_KEY: pem })).kid).toBe(kid);
    expect((await load({ SIGNING_KEY: pem.replaceAll('\n', '\\n'), NODE_ENV: 'production' })).kid).toBe(kid);
  });

  it('is not made up in production', async () => {
    await expect(load({ NODE_ENV: 'production' })).rejects.toThrow(/SIGNING_KEY: is required in production/);
    await load();
    expect(await load({ NODE_ENV: 'production' })).toBeDefined();
  });

  it('that is none stops the start with the name of its setting', async () => {
    await load();
    await writeFile(file, 'nonsense');
    await expect(load()).rejects.toThrow(/SIGNING_KEY_FILE: must be a private RSA key/);
    expect(await readFile(file, 'utf8')).toBe('nonsense');
    expect(() => readConfig({ SIGNING_KEY: 'nonsense' })).toThrow(/SIGNING_KEY: must be a private RSA key in PEM/);
  });

  it.each([
    ['ADMIN_EMAIL', 'nonsense'],
    ['ADMIN_PASSWORD', 'weak'],
    ['ADMIN_PASSWORD', 'Root-horse-7'],
    ['BCRYPT_ROUNDS', '3'],
    ['LOGIN_LIMIT_PER_MINUTE', 'many'],
  ])('and no wrong %s passes either', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`  ${name}: `));
  });
});
