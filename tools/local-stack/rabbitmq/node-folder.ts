import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePorts, isFree } from '../ports.js';

/** The four ports of a node, neighbours, so that one number tells them all. */
export interface NodePorts {
  readonly amqp: number;
  readonly management: number;
  readonly distribution: number;
  readonly epmd: number;
}

const PORT_COUNT = 4;
const portsFrom = (amqp: number): NodePorts => ({
  amqp,
  management: amqp + 1,
  distribution: amqp + 2,
  epmd: amqp + 3,
});

/** The ports this folder had the last time while all are free, else new ones; the AMQP port can be prescribed. */
export async function choosePorts(dataDir: string, amqp?: number): Promise<NodePorts> {
  const file = join(dataDir, 'port');
  const last = existsSync(file) ? Number(await readFile(file, 'utf8')) : Number.NaN;
  const chosen = amqp !== undefined ? portsFrom(amqp) : Number.isInteger(last) ? portsFrom(last) : undefined;
  const free = chosen && (amqp !== undefined || (await Promise.all(Object.values(chosen).map(isFree))).every(Boolean));
  const ports = free ? chosen : portsFrom(await findFreePorts(PORT_COUNT));
  await writeFile(file, String(ports.amqp));
  return ports;
}

const BOOTED = 'booted';

/** A node that was killed in its very first start leaves half a database, which it refuses ever after: begin anew. */
async function removeHalfMade(dataDir: string): Promise<void> {
  if (!existsSync(join(dataDir, BOOTED))) await rm(join(dataDir, 'mnesia'), { recursive: true, force: true });
}

/** Notes that the node's database is complete. */
export const noteBooted = (dataDir: string): Promise<void> => writeFile(join(dataDir, BOOTED), '');

/** Writes what the node reads at its start, and returns the environment to start it in. */
export async function prepareFolder(dataDir: string, ports: NodePorts, ownEpmd: boolean): Promise<NodeJS.ProcessEnv> {
  const file = (name: string) => join(dataDir, name);
  await removeHalfMade(dataDir);
  await mkdir(file('mnesia'), { recursive: true });
  await writeFile(file('enabled_plugins'), '[rabbitmq_management].\n');
  await writeFile(file('rabbitmq.conf'), configuration(ports));
  if (!existsSync(file('.erlang.cookie'))) {
    await writeFile(file('.erlang.cookie'), randomBytes(20).toString('hex'), { mode: 0o400 });
  }
  return {
    ...withoutErlang(process.env),
    HOME: dataDir, // Erlang reads its cookie there: whoever has another cookie cannot join the node
    RABBITMQ_NODENAME: 'usher@localhost', // unique within its own epmd, so it need not vary
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // else every Erlang that the node runs may leave a daemon on that port, which outlives us all
    ...(ownEpmd && { ERL_AFLAGS: '-start_epmd false' }),
    RABBITMQ_MNESIA_BASE: file('mnesia'),
    RABBITMQ_LOG_BASE: file('log'),
    RABBITMQ_CONFIG_FILE: file('rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: file('advanced.config'),
    RABBITMQ_CONF_ENV_FILE: file('rabbitmq-env.conf'), // missing on purpose: the system's is not ours to read
    RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins'),
    RABBITMQ_PLUGINS_EXPAND_DIR: file('plugins-expand'),
    RABBITMQ_GENERATED_CONFIG_DIR: file('config'),
    RABBITMQ_PID_FILE: file('rabbitmq.pid'),
    ERL_CRASH_DUMP: file('erl_crash.dump'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RUNNING_UNDER_SYSTEMD: 'true', // the script then becomes the node instead of waiting for it: its pid is the node's
  };
}

/** Listeners on loopback only. */
const configuration = (ports: NodePorts): string =>
  [
    `listeners.tcp.default = 127.0.0.1:${ports.amqp}`,
    'management.tcp.ip = 127.0.0.1',
    `management.tcp.port = ${ports.management}`,
    'log.console = false',
    'log.file.level = info',
    '',
  ].join('\n');

/** A setting meant for another RabbitMQ or Erlang on this machine must not reach ours. */
const withoutErlang = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(RABBITMQ_|ERL_|NOTIFY_SOCKET$)/.test(name)));
