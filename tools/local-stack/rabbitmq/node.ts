import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { answers, becomesTrue } from '../ports.js';
import { lastLines, spawnServer, type ServerProcess } from '../process.js';
import { Unusable } from '../ways.js';
import type { RabbitmqInstallation } from './find-server.js';
import { choosePorts, noteBooted, prepareFolder, type NodePorts } from './node-folder.js';
import { withVirtualHosts, type Rabbitmq, type RabbitmqOptions } from './rabbitmq.js';
import { managementAnswers } from './virtual-hosts.js';

const START_LIMIT_MS = 90_000;
const STOP_GRACE_MS = 20_000;
const SAVE_MS = 1_500;
const IDLE = 'Management plugin: to stop collect_statistics';

/**
 * Starts an installed RabbitMQ as a private node: its own ports, epmd, cookie and folders, loopback only. It never
 * outlives this process and touches no other node of this machine.
 *
 * @throws {Unusable} with its last log lines when it does not start.
 */
export async function startNode(installation: RabbitmqInstallation, options: RabbitmqOptions): Promise<Rabbitmq> {
  const { dataDir, throwAway = false } = options;
  await mkdir(dataDir, { recursive: true });
  const ports = await choosePorts(dataDir, options.port);
  const env = await prepareFolder(dataDir, ports, installation.epmd !== undefined);
  let epmd: ServerProcess | undefined;
  const stopEpmd = async () => epmd?.stop(2_000);
  const launch = async () => {
    // A node that is started again after it was stopped finds its name server gone as well.
    if (installation.epmd && epmd?.gone.aborted !== false)
      epmd = await startEpmd(installation.epmd, ports, env, dataDir);
    return launchNode(installation.serverScript, ports, env, dataDir);
  };
  let node = await launch().catch(async (error: unknown) => {
    await stopEpmd();
    throw error;
  });
  await noteBooted(dataDir);
  return withVirtualHosts(
    {
      get pid() {
        return node.pid;
      },
      get exited() {
        return node.exited;
      },
      kill: (signal) => node.kill(signal),
      async stop() {
        await (throwAway ? node.kill('SIGKILL') : stopNode(node, dataDir));
        await stopEpmd();
      },
      async restart() {
        await stopNode(node, dataDir);
        node = await launch();
      },
    },
    ports,
  );
}

/**
 * SIGTERM. RabbitMQ 3's management agent then waits five seconds for an answer that cannot come. Listeners, queues and
 * message stores are closed by its last line; what remains is the table of quorum queues, which is saved after half a
 * second of rest (measured on 3.10.8: a node killed sooner loses its newest queues).
 */
async function stopNode(node: ServerProcess, dataDir: string): Promise<void> {
  const log = join(dataDir, 'log', 'usher@localhost.log');
  const isIdle = () => Promise.resolve(node.gone.aborted || lastLines(log, 1).some((line) => line.includes(IDLE)));
  await node.kill('SIGTERM');
  await node.kill('SIGCONT'); // a suspended process sees SIGTERM only when it goes on
  await becomesTrue(isIdle, { timeoutMs: STOP_GRACE_MS, everyMs: 100 });
  await Promise.race([node.exited, delay(SAVE_MS)]);
  await node.kill('SIGKILL');
}

/** Erlang's name server, ours alone: the machine's (port 4369) may belong to somebody else and outlives its users. */
async function startEpmd(
  command: string,
  ports: NodePorts,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<ServerProcess> {
  const epmd = await spawnServer({ command, args: [], env, cwd, output: join(cwd, 'epmd.log') });
  await becomesTrue(() => answers(ports.epmd), { timeoutMs: 5_000, signal: epmd.gone });
  return epmd;
}

async function launchNode(
  command: string,
  ports: NodePorts,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<ServerProcess> {
  const outputFile = join(cwd, 'output.log');
  const node = await spawnServer({ command, args: [], env, cwd, output: outputFile });
  const management = {
    url: `amqp://guest:guest@127.0.0.1:${ports.amqp}`,
    managementUrl: `http://127.0.0.1:${ports.management}`,
  };
  const ready = async () => (await answers(ports.amqp)) && (await managementAnswers(management));
  if (await becomesTrue(ready, { timeoutMs: START_LIMIT_MS, everyMs: 50, signal: node.gone })) return node;
  const reason = node.gone.aborted ? await node.exited : `not ready after ${START_LIMIT_MS / 1_000} s`;
  await node.kill('SIGKILL');
  throw new Unusable(`the node did not start (${reason})\n${lastLines(outputFile, 5).join('\n')}`);
}
