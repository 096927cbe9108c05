import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsherError } from '#kernel';
import { storeUnavailable } from '../store/store-unavailable.js';

/** A file that has arrived whole and waits to be stored. */
export interface SpooledFile {
  path: string;
  /** In bytes. */
  size: number;
}

/** The folder in which files arrive, bit by bit as they are sent, so that nobody has to hold one in memory. */
export class Spool {
  constructor(private readonly directory: string) {}

  /** Throws where the folder cannot be made or not be written to. */
  async create(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await access(this.directory, constants.W_OK | constants.X_OK);
  }

  /** A place for a file; whoever asks for it has to `discard` it. */
  newPath(): string {
    return join(this.directory, randomUUID());
  }

  /** Writes down all that `content` brings, and tells how many bytes it was. */
  async write(path: string, content: Readable): Promise<number> {
    try {
      const file = (await open(path, 'wx', 0o600)).createWriteStream({ flush: true });
      await pipeline(content, file);
      return file.bytesWritten;
    } catch (error) {
      throw error instanceof UsherError ? error : storeUnavailable(error);
    }
  }

  async discard(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Removes what processes that died have left: whatever was last written before `before`. */
  async clear(before: Date): Promise<void> {
    for (const name of await readdir(this.directory)) {
      const path = join(this.directory, name);
      const { mtime } = await stat(path);
      if (mtime < before) await this.discard(path);
    }
  }
}
