import { join } from 'node:path';
import { withLock } from '../lock.js';
import { runStep, silent, type OnStep } from '../progress.js';
import { rabbitmqRemedy } from '../remedies.js';
import { readSettings, type StackSettings } from '../settings.js';
import { firstThatWorks, Unavailable, type Way } from '../ways.js';
import { installWithApt } from './apt.js';
import { requireEngine, startContainer } from './docker.js';
import { findRabbitmq, type RabbitmqInstallation } from './find-server.js';
import { startNode } from './node.js';
import type { Rabbitmq, RabbitmqOptions } from './rabbitmq.js';

/** The last three rows of the README's RabbitMQ table, in its order: a broker of our own. */
export function privateBrokerWays(options: RabbitmqOptions): Way<Rabbitmq>[] {
  const { settings = readSettings(), onStep = silent } = options;
  const start = (installation: RabbitmqInstallation | undefined) => {
    if (!installation) throw new Unavailable('none found');
    return started(onStep, () => startNode(installation, options));
  };
  return [
    { name: 'rabbitmq-server on PATH', try: async () => start(findRabbitmq(settings.path)) },
    {
      name: 'apt-get install rabbitmq-server',
      try: async () => {
        if (findRabbitmq(settings.path)) throw new Unavailable('is installed already');
        return start(await installOnce(settings, onStep));
      },
    },
    {
      name: 'Docker',
      try: async () => {
        await requireEngine();
        return started(onStep, () => startContainer(options));
      },
    },
  ];
}

/**
 * Starts a broker of our own on loopback; resolves when AMQP and the management API answer. It never outlives this
 * process.
 *
 * @throws {NothingWorked} with each way's reason.
 */
export const startRabbitmq = (options: RabbitmqOptions): Promise<Rabbitmq> =>
  firstThatWorks('RabbitMQ', privateBrokerWays(options), rabbitmqRemedy(), options.onStep ?? silent);

const started = (onStep: OnStep, start: () => Promise<Rabbitmq>): Promise<Rabbitmq> =>
  runStep(onStep, 'Start RabbitMQ', start, ({ port }) => `private node on 127.0.0.1:${port}`);

/** Two runs at once install once: the second waits and finds it installed. */
const installOnce = (settings: StackSettings, onStep: OnStep): Promise<RabbitmqInstallation | undefined> =>
  withLock(
    join(settings.cacheDir, 'locks', 'apt'),
    async () => {
      if (!findRabbitmq(settings.path)) await installWithApt(settings.noInstall, settings.path, onStep);
      return findRabbitmq(settings.path);
    },
    ({ pid }) => onStep({ kind: 'notice', text: `Another run (pid ${pid}) is installing RabbitMQ; waiting for it` }),
  );
