import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findExecutable, isExecutable } from '../paths.js';

/** The start script of a RabbitMQ that is installed here, and the `epmd` of its Erlang. */
export interface RabbitmqInstallation {
  readonly serverScript: string;
  /** None where Erlang hides it; the node then starts one itself. */
  readonly epmd?: string | undefined;
}

const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];
const ERLANG_FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * Debian and the vendor's packages put a wrapper on PATH that switches to the user `rabbitmq` and to the system's
 * folders; what it wraps runs as anybody, anywhere.
 */
const UNWRAPPED = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** The RabbitMQ installed on this machine, if any. */
export function findRabbitmq(path: string): RabbitmqInstallation | undefined {
  const onPath = findExecutable('rabbitmq-server', path, SERVER_FOLDERS);
  if (!onPath) return undefined;
  const serverScript = realpathSync(isExecutable(UNWRAPPED) && onPath.startsWith('/usr/') ? UNWRAPPED : onPath);
  return { serverScript, epmd: findEpmd(path) };
}

function findEpmd(path: string): string | undefined {
  const erl = findExecutable('erl', path, ERLANG_FOLDERS);
  const root = erl && dirname(dirname(realpathSync(erl)));
  const runtime = root && readdirSync(root).find((name) => name.startsWith('erts-'));
  const beside = root && runtime && join(root, runtime, 'bin', 'epmd');
  return beside && isExecutable(beside) ? beside : findExecutable('epmd', path, ERLANG_FOLDERS);
}
