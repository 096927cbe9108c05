import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, becomesTrue } from '../ports.js';
import { brokerProblem } from './external.js';
import type { Rabbitmq } from './rabbitmq.js';
import { createVirtualHost } from './virtual-hosts.js';
import { startRabbitmq } from './ways.js';

let dataDir: string;
let rabbitmq: Rabbitmq;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'usher-rabbitmq-'));
  rabbitmq = await startRabbitmq({ dataDir });
}, 120_000);
afterAll(async () => {
  await rabbitmq.stop();
  await rm(dataDir, { recursive: true });
}, 30_000);

async function publish(url: string, queue: string, bodies: readonly string[]): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
}

async function drain(url: string, queue: string, count: number): Promise<string[]> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const bodies: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const take = (message: { content: Buffer } | null) => {
      if (message) bodies.push(message.content.toString());
      if (bodies.length === count) resolve();
    };
    channel.consume(queue, take, { noAck: false }).catch(reject);
  });
  await connection.close();
  return bodies;
}

describe('a RabbitMQ of our own', () => {
  it('has virtual hosts for the asking, apart from each other', async () => {
    const [one, two] = [await rabbitmq.createVirtualHost('one'), await rabbitmq.createVirtualHost('two/ü')];
    await publish(one, 'q', ['a']);
    await publish(two, 'q', ['b']);
    expect(await drain(one, 'q', 1)).toEqual(['a']);
    expect(await drain(two, 'q', 1)).toEqual(['b']);
    await rabbitmq.deleteVirtualHost('two/ü');
    await rabbitmq.deleteVirtualHost('two/ü');
    expect(await brokerProblem(two)).toBeDefined();
  }, 30_000);

  it('says how to get virtual hosts where a broker has no management API', async () => {
    await expect(createVirtualHost({ url: rabbitmq.url }, 'x')).rejects.toThrow(
      /has no management API.*rabbitmq_management.*RABBITMQ_MANAGEMENT_URL/,
    );
  });

  it('keeps messages and its port over a clean restart right after they were confirmed', async () => {
    const url = await rabbitmq.createVirtualHost('kept');
    const { pid, port } = rabbitmq;
    await publish(url, 'q', ['a', 'b']);
    await rabbitmq.restart();
    expect(rabbitmq.port).toBe(port);
    expect(rabbitmq.pid).not.toBe(pid);
    expect(await drain(url, 'q', 2)).toEqual(['a', 'b']);
  }, 90_000);

  it('hangs while it is suspended, and comes back from that and from SIGKILL', async () => {
    await rabbitmq.kill('SIGSTOP');
    expect(await brokerProblem(rabbitmq.url)).toBeDefined();
    await rabbitmq.kill('SIGCONT');
    expect(await becomesTrue(async () => !(await brokerProblem(rabbitmq.url)), { timeoutMs: 20_000 })).toBe(true);
    await rabbitmq.kill('SIGKILL');
    expect(await answers(rabbitmq.port)).toBe(false);
    await rabbitmq.restart();
    expect(await drain(`${rabbitmq.url}/kept`, 'q', 2)).toEqual(['a', 'b']);
  }, 90_000);

  it('ends with its name server', async () => {
    const epmd = rabbitmq.port + 3;
    expect(await answers(epmd)).toBe(true);
    await rabbitmq.stop();
    expect(await answers(rabbitmq.port)).toBe(false);
    expect(await answers(epmd)).toBe(false);
  }, 30_000);
});
