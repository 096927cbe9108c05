import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readFileSync } from 'node:fs';

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  /** When that process started, in the kernel's own unit: a pid that was given to another process is not taken for it. */
  readonly started: string | null;
  readonly since: string;
}

/** A lock that this process holds. */
export interface Lock {
  release(): Promise<void>;
}

/** Takes the lock at once, or says who holds it. A lock whose holder has died, even by SIGKILL, is free. */
export async function tryLock(file: string): Promise<Lock | LockHolder> {
  await mkdir(dirname(file), { recursive: true });
  const mine = `${file}.${randomUUID()}`;
  const me: LockHolder = { pid: process.pid, started: startOf(process.pid), since: new Date().toISOString() };
  await writeFile(mine, JSON.stringify(me));
  try {
    for (;;) {
      try {
        await link(mine, file); // unlike open+write, the lock never exists without its holder's name in it
        return { release: () => rm(file, { force: true }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await readHolder(file);
      if (holder && isAlive(holder)) return holder;
      await removeStale(file);
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** Runs `work` while no other process does, and waits for its turn; `onWait` hears once whom it waits for. */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  onWait?: (holder: LockHolder) => void,
): Promise<T> {
  for (let waited = false; ; waited = true) {
    const lock = await tryLock(file);
    if ('release' in lock) {
      try {
        return await work();
      } finally {
        await lock.release();
      }
    }
    if (!waited) onWait?.(lock);
    await delay(200);
  }
}

/** Moves a dead holder's lock aside; when another run was quicker and the lock is alive again, puts that one back. */
async function removeStale(file: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    const holder = await readHolder(aside);
    if (holder && isAlive(holder)) await link(aside, file).catch(() => undefined);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function readHolder(file: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: LockHolder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = startOf(pid);
  return started === null || now === null || started === now;
}

/** Field 22 of /proc/<pid>/stat (proc(5)): start time in clock ticks since boot; null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
