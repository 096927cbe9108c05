import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SigningKey } from '#auth';
import { newId } from '#kernel';
import type { Config } from '../config.js';

/**
 * The key of `SIGNING_KEY`, else of `SIGNING_KEY_FILE`. Where neither is there, one is made and kept in the file, except
 * in production. Throws an Error that names the setting.
 */
export async function loadSigningKey(
  config: Pick<Config, 'NODE_ENV' | 'SIGNING_KEY' | 'SIGNING_KEY_FILE'>,
): Promise<SigningKey> {
  const { SIGNING_KEY: pem, SIGNING_KEY_FILE: file } = config;
  if (pem !== undefined) return parse('SIGNING_KEY', pem);
  const kept = await readIfThere(file);
  if (kept !== undefined) return parse('SIGNING_KEY_FILE', kept);
  if (config.NODE_ENV === 'production')
    throw new Error(
      `Wrong settings in the environment:\n  SIGNING_KEY: is required in production (or a SIGNING_KEY_FILE that is there; ${file} is not)`,
    );
  return parse('SIGNING_KEY_FILE', await keepNew(file));
}

async function parse(setting: string, pem: string): Promise<SigningKey> {
  try {
    return await SigningKey.fromPem(pem);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Wrong settings in the environment:\n  ${setting}: must be a private RSA key in PEM: ${reason}`, {
      cause,
    });
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Writes beside the file and links it into place: of two instances that start at once, one keeps its key and the other reads it. */
async function keepNew(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${newId()}`;
  await writeFile(draft, SigningKey.newPem(), { mode: 0o600, flag: 'wx' });
  try {
    await chmod(draft, 0o600);
    await link(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(file, 'utf8');
}

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;
