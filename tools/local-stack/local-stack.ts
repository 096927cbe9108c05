import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolderAfterUs } from './guard.js';
import { inspectReplicaSet } from './mongodb/replica-set.js';
import { startMongodb } from './mongodb/mongodb.js';
import { silent, type OnStep } from './progress.js';
import { brokerProblem, defaultBroker, describeBroker } from './rabbitmq/external.js';
import type { LocalServer } from './server.js';
import type { BrokerAddress } from './rabbitmq/virtual-hosts.js';
import { startRabbitmq } from './rabbitmq/ways.js';
import { readSettings, type StackSettings } from './settings.js';
import { firstThatWorks, Unavailable, type Way } from './ways.js';
import { mongodbRemedy, rabbitmqRemedy } from './remedies.js';

/** Where the stack is reached. */
export interface LocalStack {
  readonly mongodbUri: string;
  readonly rabbitmqUrl: string;
  /** None when the broker is somebody else's and has no management API that answers. */
  readonly rabbitmqManagementUrl?: string | undefined;
  /** Settles when a server of ours ends, saying which and how; also after `stop`. */
  readonly ended: Promise<string>;
  /** Stops what we started, cleanly, and nothing else. Safe to repeat. */
  stop(): Promise<void>;
}

export interface LocalStackOptions {
  /** Made when missing; holds all data and logs of what is started. */
  readonly dataDir: string;
  readonly onStep?: OnStep | undefined;
  readonly settings?: StackSettings | undefined;
  /**
   * For tests: servers of our own, whatever else runs on this machine, whose folder is removed at the end, even when
   * this process is killed. MONGODB_URI and RABBITMQ_URL are honoured all the same.
   */
  readonly throwAway?: boolean | undefined;
}

/** One half of the stack: its address, and how to stop it if it is ours. */
interface Part<Address> {
  readonly address: Address;
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const notOurs = { stop: () => Promise.resolve(), ended: new Promise<never>(() => undefined) };

const wrongSetting = (name: string, problem: string): string =>
  `${name} is set, but ${problem}. Correct it, or unset it to have a server started for you.`;

const ours = <Address>(name: string, address: Address, server: LocalServer): Part<Address> => ({
  address,
  ended: server.exited.then((how) => `${name} ${how}`),
  stop: () => server.stop(),
});

/**
 * Gives a real MongoDB replica set and a real RabbitMQ by the first way of each table in README.md that
 * works, both at once.
 *
 * @throws {AggregateError} of what is wrong with either half: a {NothingWorked}, naming every way that was tried, its
 * reason and a remedy, or an error that stopped the search. Whatever was started is stopped.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { dataDir, throwAway = false, onStep = silent } = options;
  await mkdir(dataDir, { recursive: true });
  const standDown = throwAway ? removeFolderAfterUs(dataDir) : undefined;
  const outcomes = await Promise.allSettled([
    firstThatWorks('MongoDB', mongodbWays(options), mongodbRemedy(), onStep),
    firstThatWorks('RabbitMQ', rabbitmqWays(options), rabbitmqRemedy(), onStep),
  ]);
  const [mongodb, rabbitmq] = outcomes;
  const stop = async () => {
    await Promise.all(outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.stop()] : [])));
    if (throwAway) await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    standDown?.();
  };
  if (mongodb.status === 'rejected' || rabbitmq.status === 'rejected') {
    await stop();
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
    throw new AggregateError(reasons, reasons.map(({ message }) => message).join('\n'));
  }
  return {
    mongodbUri: mongodb.value.address,
    rabbitmqUrl: rabbitmq.value.address.url,
    rabbitmqManagementUrl: rabbitmq.value.address.managementUrl,
    ended: Promise.race([mongodb.value.ended, rabbitmq.value.ended]),
    stop,
  };
}

/** The MongoDB table. What the user names must work: falling back to another database would hide a wrong setting. */
export function mongodbWays({ dataDir, throwAway, ...options }: LocalStackOptions): Way<Part<string>>[] {
  const { settings = readSettings(), onStep = silent } = options;
  return [
    {
      name: 'MONGODB_URI',
      try: async () => {
        const uri = settings.mongodbUri;
        if (uri === undefined) throw new Unavailable('not set');
        const found = await inspectReplicaSet(uri);
        if ('problem' in found) throw new Error(wrongSetting('MONGODB_URI', found.problem));
        onStep({ kind: 'done', step: 'MongoDB', detail: `${found.version}, from MONGODB_URI`, ms: 0 });
        return { address: uri, ...notOurs };
      },
    },
    {
      name: 'mongod',
      try: async () => {
        const server = await startMongodb({ dataDir: join(dataDir, 'mongodb'), onStep, settings, throwAway });
        return ours('MongoDB', server.uri, server);
      },
    },
  ];
}

/** The RabbitMQ table. */
export function rabbitmqWays({ dataDir, throwAway, ...options }: LocalStackOptions): Way<Part<BrokerAddress>>[] {
  const { settings = readSettings(), onStep = silent } = options;
  const external = async (url: string, from: string) => {
    onStep({ kind: 'done', step: 'RabbitMQ', detail: from, ms: 0 });
    return { address: await describeBroker(url, settings), ...notOurs };
  };
  const onThisMachine: Way<Part<BrokerAddress>> = {
    name: 'broker on 127.0.0.1:5672',
    try: async () => {
      const problem = await brokerProblem(defaultBroker);
      if (problem) throw new Unavailable(problem);
      return external(defaultBroker, 'the broker on 127.0.0.1:5672, as guest');
    },
  };
  return [
    {
      name: 'RABBITMQ_URL',
      try: async () => {
        const url = settings.rabbitmqUrl;
        if (url === undefined) throw new Unavailable('not set');
        const problem = await brokerProblem(url);
        if (problem) throw new Error(wrongSetting('RABBITMQ_URL', problem));
        return external(url, 'from RABBITMQ_URL');
      },
    },
    ...(throwAway ? [] : [onThisMachine]), // tests make virtual hosts, and not in a broker that is somebody's
    {
      name: 'private node',
      try: async () => {
        const server = await startRabbitmq({ dataDir: join(dataDir, 'rabbitmq'), onStep, settings, throwAway });
        return ours('RabbitMQ', server, server);
      },
    },
  ];
}
