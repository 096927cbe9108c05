import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HealthProbes } from '#observability';
import { type Rabbitmq, startRabbitmq } from '#local-stack';
import { envelopeOf, eventually, messageOf, silent } from '../test/broker.js';
import { startIntake } from '../test/intake-app.js';
import { BrokerConnection } from './broker/broker-connection.js';
import { Publisher } from './broker/publisher.js';

const RETRYABLE = { name: 'UsherError', code: 'unavailable', retryable: true };
/** Said before anything is sent, as opposed to after waiting for a confirm. */
const AT_ONCE: unknown = expect.stringMatching(/out of reach|takes no messages/);
const RABBITMQCTL = '/usr/lib/rabbitmq/bin/rabbitmqctl';

jest.setTimeout(120_000);

describe('when RabbitMQ fails', () => {
  let folder: string;
  let rabbitmq: Rabbitmq;
  let connection: BrokerConnection;
  let publisher: Publisher;
  const probes = new HealthProbes();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usher-broker-'));
    rabbitmq = await startRabbitmq({ dataDir: folder });
    connection = new BrokerConnection({ url: rabbitmq.url, name: 'test', logger: silent });
    publisher = new Publisher(connection, probes, silent);
    await eventually(() => publisher.ready);
  });

  afterAll(async () => {
    await connection.close();
    await rabbitmq.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const publish = (sequence: number): Promise<void> => publisher.publish(messageOf(envelopeOf(sequence)));
  const healthy = async (): Promise<boolean> => (await probes.check())['rabbitmq']?.status === 'up';

  /** Publishes `from` to `to` in order, each as often as it takes. */
  const insist = async (from: number, to: number): Promise<void> => {
    for (let sequence = from; sequence <= to; sequence += 1)
      await eventually(
        () =>
          publish(sequence).then(
            () => true,
            () => false,
          ),
        60_000,
      );
  };

  it('a hung one is noticed, costs seconds at most, and is used again when it goes on', async () => {
    expect(await healthy()).toBe(true);
    await rabbitmq.kill('SIGSTOP');
    await expect(publish(1)).rejects.toMatchObject(RETRYABLE);
    expect(await healthy()).toBe(false);
    await eventually(() => !publisher.ready, 20_000);
    await expect(publish(2)).rejects.toMatchObject({ ...RETRYABLE, detail: AT_ONCE });
    await rabbitmq.kill('SIGCONT');
    await eventually(() => publisher.ready);
    await publish(3);
    expect(await healthy()).toBe(true);
  });

  // The local stack offers no way to raise an alarm.
  (existsSync(RABBITMQCTL) ? it : it.skip)('one that blocks publishers holds nobody up', async () => {
    const watermark = (value: string) =>
      promisify(execFile)(RABBITMQCTL, ['set_vm_memory_high_watermark', value], {
        env: {
          ...process.env,
          HOME: folder,
          RABBITMQ_NODENAME: 'usher@localhost',
          ERL_EPMD_PORT: String(rabbitmq.port + 3),
          RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
        },
      });
    await watermark('0.00000001');
    await expect(publish(1)).rejects.toMatchObject(RETRYABLE);
    await eventually(() => !publisher.ready);
    expect((await probes.check())['rabbitmq']).toMatchObject({
      status: 'down',
      detail: expect.stringContaining('blocked'),
    });
    await watermark('0.4');
    await eventually(() => publisher.ready);
    await publish(2);
  });

  it('a consumer gets everything in order, through a restart, a kill and a hang', async () => {
    const url = await rabbitmq.createVirtualHost('faults');
    const seen: number[] = [];
    const app = await startIntake(url, (batch) => {
      seen.push(...batch.map(({ envelope }) => Number(envelope.sequence)));
      return Promise.resolve();
    });
    await connection.close();
    connection = new BrokerConnection({ url, name: 'test', logger: silent });
    publisher = new Publisher(connection, probes, silent);
    await insist(1, 100);
    await Promise.all([rabbitmq.restart(), insist(101, 200)]);
    const killed = rabbitmq.kill('SIGKILL').then(() => rabbitmq.restart());
    await Promise.all([killed, insist(201, 300)]);
    const hung = rabbitmq.kill('SIGSTOP').then(async () => {
      await eventually(() => !publisher.ready, 20_000);
      await rabbitmq.kill('SIGCONT');
    });
    await Promise.all([hung, insist(301, 400)]);
    await eventually(() => new Set(seen).size === 400, 60_000);
    expect([...new Set(seen)]).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
    await app.close();
  });
});
