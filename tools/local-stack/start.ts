import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startLocalStack, type LocalStack } from './local-stack.js';
import { tryLock } from './lock.js';
import { repositoryRoot } from './paths.js';
import { answers, findFreePorts, isFree } from './ports.js';
import { runStep } from './progress.js';
import { banner } from './start/banner.js';
import { registerDemoUser } from './start/demo-accounts.js';
import { listenForInterruption } from './start/interruption.js';
import { keptSecret } from './start/kept-secret.js';
import { runService, type RunningService } from './start/run-service.js';
import { createScreen } from './start/screen.js';
import {
  ADEVENTSX,
  environmentOf,
  MAILBOX,
  MAILBOX_SMTP,
  PARTNER,
  portOf,
  portVariableOf,
  type Service,
  servicesToRun,
  type Surroundings,
} from './start/services.js';

/** `npm start`: the stack, both services, the demo accounts; until Ctrl-C, or until one of them ends. */

const DRAIN_LIMIT_MS = 20_000;
const LAST_WORDS_MS = 1_000;
const INTERRUPTED = 130; // 128 + SIGINT, as a shell reports it

const root = repositoryRoot();
const dataDir = join(root, '.usher');
const logDir = join(dataDir, 'logs');
const lockFile = join(dataDir, 'lock');
const screen = createScreen();
const interruption = listenForInterruption(() => {
  screen.print('Forced.');
  process.exit(1); // the guards kill what still runs
});

process.exitCode = await main().catch((error: unknown) => {
  screen.print(`${screen.paint('red', '✗')} ${error instanceof Error ? error.message : String(error)}`);
  return 1;
});
process.exit(); // a socket that is still closing must not keep the terminal

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { fresh: { type: 'boolean', default: false } } });
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  const lock = await tryLock(lockFile);
  if (!('release' in lock)) {
    throw new Error(`Usher is running here already, as process ${lock.pid} since ${lock.since}. Stop that one first.`);
  }
  try {
    const ports = await choosePorts(servicesToRun(process.env));
    if (values.fresh) await removeData();
    await mkdir(logDir, { recursive: true });
    const stack = await Promise.race([
      startLocalStack({ dataDir, onStep: screen.onStep }),
      interruption.requested.then(() => undefined),
    ]);
    if (!stack) {
      screen.print('Stopped while starting.');
      process.exit(INTERRUPTED); // at once: the guards end what was half started, and the lock of a dead run is void
    }
    return await runUntilEnd(stack, ports);
  } finally {
    await lock.release();
  }
}

type Ports = ReadonlyMap<Service, number>;

/** Before anything is started: a taken port or a missing build is found out in no time. */
async function choosePorts(services: readonly Service[]): Promise<Ports> {
  const ports = new Map<Service, number>();
  for (const service of services) {
    if (!existsSync(join(root, service.entry)))
      throw new Error(`${service.entry} is missing: run "npm run build" first.`);
    ports.set(service, await choosePort(service));
  }
  return ports;
}

async function choosePort(service: Service): Promise<number> {
  const port = portOf(service, process.env);
  const variable = portVariableOf(service);
  if ((await isFree(port)) && !(await answers(port))) return port; // macOS lets 127.0.0.1 be taken beside a wildcard
  if (service.standsInFor !== undefined && !process.env[variable]) return findFreePorts(1);
  throw new Error(`Port ${port} is in use, and ${service.name} needs it. Stop what uses it, or set ${variable}.`);
}

async function removeData(): Promise<void> {
  const names = (await readdir(dataDir)).filter((name) => !name.startsWith('lock'));
  await Promise.all(names.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
}

async function runUntilEnd(stack: LocalStack, ports: Ports): Promise<number> {
  const services: RunningService[] = [];
  try {
    const trouble = await Promise.race([
      interruption.requested.then(() => undefined),
      stack.ended,
      serve(stack, ports, services),
    ]);
    if (trouble === undefined) return 0;
    screen.print(`${screen.paint('red', '✗')} ${trouble}`);
    return 1;
  } finally {
    screen.print(interruption.signal.aborted ? 'Stopping; once more to force.' : 'Stopping everything.');
    await Promise.all(
      services
        .filter((service) => !service.process.gone.aborted)
        .map(({ name, process: server }) => runStep(screen.onStep, `Stop ${name}`, () => server.stop(DRAIN_LIMIT_MS))),
    );
    await runStep(screen.onStep, 'Stop RabbitMQ and MongoDB', () => stack.stop());
  }
}

/** Starts the services and resolves with what went wrong; while all is well, never. */
async function serve(stack: LocalStack, ports: Ports, services: RunningService[]): Promise<string> {
  const byName = new Map([...ports].map(([{ name }, port]) => [name, port])).set(MAILBOX_SMTP, await findFreePorts(1));
  const around: Surroundings = {
    ...stack,
    dataDir,
    serviceClientSecret: await keptSecret(join(dataDir, 'service-client-secret')),
    portOf: (name) => byName.get(name) ?? 0,
  };
  const died: Promise<string>[] = [];
  const readiness: Promise<void>[] = [];
  for (const [service, port] of ports) {
    if (interruption.signal.aborted) return 'interrupted';
    const env = environmentOf(service, around, process.env);
    const running = await runService(service, { root, port, env, logDir, screen });
    services.push(running);
    died.push(running.process.exited.then((how) => `${running.name} ${how}. Its last lines:\n${running.lastWords()}`));
    readiness.push(runStep(screen.onStep, `Start ${service.name}`, () => running.ready));
  }
  try {
    await Promise.all(readiness);
  } catch {
    return Promise.race([...died, delay(LAST_WORDS_MS, 'Not everything became ready.')]);
  }
  await introduce(around, stack);
  return Promise.race(died);
}

async function introduce(around: Surroundings, stack: LocalStack): Promise<void> {
  const eventPort = around.portOf('event-service');
  const result = await registerDemoUser(eventPort).catch(String);
  if (result !== undefined) screen.onStep({ kind: 'notice', text: `The demo user could not be made: ${result}` });
  const facts = {
    eventPort,
    notificationPort: around.portOf('notification-service'),
    partnerPort: around.portOf(PARTNER),
    adEventsXPort: around.portOf(ADEVENTSX),
    mailboxPort: around.portOf(MAILBOX),
    logDir,
  };
  screen.print(banner({ ...facts, ...stack, env: process.env }));
}
