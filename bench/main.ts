/** `npm run bench [-- mixed|fan-out|booking|matching|delivery]`: figures of this machine, each beside the bare server's of the same run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts, spawnServer, startLocalStack } from '#local-stack';
import { RunningSystem, until } from '#testing';
import { measureBooking } from './booking/booking.js';
import { measureDelivery } from './delivery/delivery.js';
import { bareToSockets, usherToSockets } from './fan-out.js';
import { measureMatching } from './matching.js';
import { type Distribution, printTable } from './measure.js';
import { bareUnderMixedTraffic, usherUnderMixedTraffic } from './mixed-traffic.js';

interface Setting {
  bareUrl: string;
  system: RunningSystem;
  mongodbUri: string;
}

type Measure = (setting: Setting) => Promise<Distribution>;

/** Latency of the bare server and of Usher, one after the other. */
const compare =
  (title: string, bare: Measure, usher: Measure) =>
  async (setting: Setting): Promise<void> =>
    printTable(title, [
      { name: 'bare server (baseline)', figures: await bare(setting) },
      { name: 'Usher', figures: await usher(setting) },
    ]);

const BENCHMARKS: Record<string, (setting: Setting) => Promise<void>> = {
  mixed: compare(
    'Mixed traffic: 100 requests a second, 1,000 signed-in users',
    ({ bareUrl }) => bareUnderMixedTraffic(bareUrl),
    ({ system }) => usherUnderMixedTraffic(system),
  ),
  'fan-out': compare(
    'From the request to each of 500 sockets, an event every quarter of a second',
    ({ bareUrl }) => bareToSockets(bareUrl),
    ({ system }) => usherToSockets(system),
  ),
  booking: ({ bareUrl, system, mongodbUri }) => measureBooking(mongodbUri, bareUrl, system),
  matching: ({ mongodbUri }) => measureMatching(mongodbUri),
  delivery: ({ system }) => measureDelivery(system),
};

const wanted = process.argv.slice(2);
const chosen = Object.entries(BENCHMARKS).filter(([name]) => wanted.length === 0 || wanted.includes(name));
if (chosen.length === 0) throw new Error(`There are: ${Object.keys(BENCHMARKS).join(', ')}`);

const folder = await mkdtemp(join(tmpdir(), 'usher-bench-'));
const stack = await startLocalStack({ dataDir: folder, throwAway: true });
const port = await findFreePorts(1);
const url = `http://127.0.0.1:${port}`;
const bare = await spawnServer({
  command: process.execPath,
  args: [join(import.meta.dirname, 'bare-server.js')],
  env: { ...process.env, PORT: String(port), MONGODB_URI: stack.mongodbUri },
  output: (line) => process.stderr.write(`bare: ${line}\n`),
});
const system = await RunningSystem.start({
  mongodbUri: stack.mongodbUri,
  rabbitmqUrl: stack.rabbitmqUrl,
  environment: { LOG_LEVEL: 'info', BCRYPT_ROUNDS: '10' },
});
try {
  await until(() => fetch(`${url}/v1/events`));
  for (const [, run] of chosen) await run({ bareUrl: url, system, mongodbUri: stack.mongodbUri });
} finally {
  await system.stop();
  await bare.stop(5_000);
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}
