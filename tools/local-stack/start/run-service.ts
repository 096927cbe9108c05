import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { becomesTrue } from '../ports.js';
import { spawnServer, type ServerProcess } from '../process.js';
import type { Screen } from './screen.js';
import type { Service } from './services.js';
import { forScreen, inShort } from './log-lines.js';

/** A service that was started. */
export interface RunningService {
  readonly name: string;
  readonly process: ServerProcess;
  /** Resolves when `/health/ready` says so. Rejects when the service ends before, or is not ready within a minute. */
  readonly ready: Promise<void>;
  /** The last lines it wrote, for when it ends unexpectedly. */
  lastWords(): string;
}

const READY_LIMIT_MS = 60_000;
const KEPT_LINES = 15;

/** Starts a service. Its log goes to `<logDir>/<name>.log`; warnings and worse go to the screen as well. */
export async function runService(
  service: Service,
  options: { root: string; port: number; env: NodeJS.ProcessEnv; logDir: string; screen: Screen },
): Promise<RunningService> {
  const { root, port, env, logDir, screen } = options;
  const log = createWriteStream(join(logDir, `${service.name}.log`));
  const kept: string[] = [];
  const server = await spawnServer({
    command: process.execPath,
    args: ['--enable-source-maps', join(root, service.entry)],
    env,
    cwd: root,
    output: (line) => {
      log.write(`${line}\n`);
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
      const shown = forScreen(line);
      if (shown)
        screen.print(`${screen.paint(shown.level === 'error' ? 'red' : 'yellow', service.name)} ${shown.text}`);
    },
  });
  void server.exited.then(() => log.end());
  return {
    name: service.name,
    process: server,
    ready: becomeReady(port, server),
    lastWords: () => kept.map((line) => `  ${inShort(line)}`).join('\n'),
  };
}

async function becomeReady(port: number, server: ServerProcess): Promise<void> {
  if (await becomesTrue(() => isReady(port), { timeoutMs: READY_LIMIT_MS, everyMs: 100, signal: server.gone })) return;
  if (server.gone.aborted) throw new Error(`${await server.exited} before it was ready`);
  throw new Error(`not ready after ${READY_LIMIT_MS / 1_000} s; GET /health/ready: ${await healthOf(port)}`);
}

const readyUrl = (port: number): string => `http://127.0.0.1:${port}/health/ready`;

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(readyUrl(port), { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function healthOf(port: number): Promise<string> {
  try {
    const response = await fetch(readyUrl(port), { signal: AbortSignal.timeout(5_000) });
    return `${response.status} ${await response.text()}`;
  } catch (error) {
    return String(error);
  }
}
