import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand, type CommandResult } from '../command.js';
import { removeContainerAfterUs } from '../guard.js';
import { answers, becomesTrue, findFreePorts } from '../ports.js';
import { runStep, silent } from '../progress.js';
import { Unavailable } from '../ways.js';
import { withVirtualHosts, type Rabbitmq, type RabbitmqOptions } from './rabbitmq.js';
import { managementAnswers } from './virtual-hosts.js';

const IMAGE = 'rabbitmq:4-management';
const START_LIMIT_MS = 90_000;

/**
 * Runs the broker in a container on loopback ports, removed on stop. Kept data lies in a Docker volume named after
 * `dataDir`, because the container's user could not write into the folder itself.
 *
 * @throws {Unavailable} when the container does not start.
 */
export async function startContainer(options: RabbitmqOptions): Promise<Rabbitmq> {
  const { dataDir, throwAway = false, onStep = silent } = options;
  const amqp = options.port ?? (await findFreePorts(2));
  const management = amqp + 1;
  const name = `usher-rabbitmq-${amqp}`;
  const volume = `usher-rabbitmq-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
  if (!throwAway) await prepareVolume(volume, join(dataDir, 'docker-volume'));
  await runStep(onStep, `Fetch the image ${IMAGE}`, () => docker('pull', '--quiet', IMAGE));
  await docker(
    ...['run', '--detach', '--name', name, '--hostname', 'usher', '--label', 'usher=local-stack'],
    ...['--publish', `127.0.0.1:${amqp}:5672`, '--publish', `127.0.0.1:${management}:15672`],
    ...(throwAway ? [] : ['--volume', `${volume}:/var/lib/rabbitmq`]),
    IMAGE,
  );
  const standDown = removeContainerAfterUs(name);
  const remove = async () => {
    await docker('rm', '--force', '--volumes', name);
    standDown();
  };
  const server = withVirtualHosts(
    {
      exited: new Promise(() => undefined),
      async kill(signal) {
        await docker('kill', '--signal', signal, name);
      },
      async stop() {
        if (!throwAway) await docker('stop', '--time', '20', name);
        await remove();
      },
      async restart() {
        await docker('restart', '--time', '20', name);
        await ready();
      },
    },
    { amqp, management },
  );
  const ready = async () => {
    const up = async () => (await answers(amqp)) && (await managementAnswers(server));
    if (await becomesTrue(up, { timeoutMs: START_LIMIT_MS, everyMs: 250 })) return;
    const { output } = await runCommand('docker', ['logs', '--tail', '5', name]);
    await remove();
    throw new Unavailable(`the container did not become ready in ${START_LIMIT_MS / 1_000} s\n${output.trim()}`);
  };
  await ready();
  return server;
}

/** The volume belongs to the folder: where the folder is new or was emptied, the volume of an earlier one goes. */
async function prepareVolume(volume: string, marker: string): Promise<void> {
  if (existsSync(marker)) return;
  await docker('volume', 'rm', '--force', volume);
  await mkdir(dirname(marker), { recursive: true });
  await writeFile(marker, volume);
}

/** @throws {Unavailable} where Docker is missing or no engine answers within five seconds. */
export async function requireEngine(): Promise<void> {
  const { code, output } = await runCommand('docker', ['version', '--format', '{{.Server.Version}}'], {
    timeoutMs: 5_000,
  });
  if (code === 127) throw new Unavailable('docker is not installed');
  if (code !== 0) throw new Unavailable(`no engine answers: ${output.trim().split('\n').at(-1) ?? ''}`);
}

async function docker(...args: string[]): Promise<CommandResult> {
  const result = await runCommand('docker', args, { timeoutMs: 300_000 });
  if (result.code !== 0) throw new Unavailable(`docker ${args[0]} failed: ${result.output.trim().split('\n').at(-1)}`);
  return result;
}
