import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { killGroupAfterUs } from './guard.js';

/** A server that runs as a child of this process, in a process group of its own, and never outlives it. */
export interface ServerProcess {
  readonly pid: number;
  /** Settles once when it has ended, by itself or not; never rejects. */
  readonly exited: Promise<string>;
  /** Aborted when it has ended. */
  readonly gone: AbortSignal;
  /** Sends a signal; resolves when the process has ended for SIGKILL, at once for any other. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** SIGTERM, and SIGKILL after `graceMs`; resolves when it has ended. */
  stop(graceMs: number): Promise<void>;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Where its standard output and error go: appended to a file, or handed over line by line. */
  readonly output: string | ((line: string) => void);
}

const LAST_WORDS_MS = 500;

/** Starts a server process. @throws the system's error when the command cannot be run. */
export async function spawnServer({ command, args, env, cwd, output }: ServerCommand): Promise<ServerProcess> {
  const file = typeof output === 'string' ? openForAppend(output) : undefined;
  const child = spawn(command, args, {
    detached: true, // its own group: a Ctrl-C in the terminal must reach us alone, we stop things in order
    stdio: ['ignore', file ?? 'pipe', file ?? 'pipe'],
    ...(env && { env }),
    ...(cwd && { cwd }),
  });
  if (file !== undefined) closeSync(file);
  if (typeof output === 'function') {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', output);
    }
  }
  const standDown = child.pid === undefined ? undefined : killGroupAfterUs(child.pid);
  const gone = new AbortController();
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      standDown?.();
      gone.abort();
      const how = signal ? `ended by ${signal}` : `ended with code ${code}`;
      child.once('close', () => resolve(how)); // by then its last words have been read
      setTimeout(resolve, LAST_WORDS_MS, how).unref(); // unless a child of its own holds the pipe
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid as number;
  const send = (signal: NodeJS.Signals) => {
    if (!gone.signal.aborted) sendSignal(pid, signal);
  };
  return {
    pid,
    exited,
    gone: gone.signal,
    async kill(signal) {
      send(signal);
      if (signal === 'SIGKILL') await exited;
    },
    async stop(graceMs) {
      send('SIGTERM');
      send('SIGCONT'); // a suspended process sees SIGTERM only when it goes on
      const patience = new AbortController();
      await Promise.race([exited, delay(graceMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
      patience.abort();
      send('SIGKILL');
      await exited;
    },
  };
}

function openForAppend(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, 'a');
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The last `lines` lines of a log, or nothing where there is none. */
export function lastLines(file: string, lines: number): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines);
  } catch {
    return [];
  }
}
