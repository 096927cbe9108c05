/** `npm run bench [-- mixed|fan-out]`: figures of this machine, each beside the bare server's of the same run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts, spawnServer, startLocalStack } from '#local-stack';
import { RunningSystem, until } from '#testing';
import { bareToSockets, usherToSockets } from './fan-out.js';
import { type Distribution, printTable } from './measure.js';
import { bareUnderMixedTraffic, usherUnderMixedTraffic } from './mixed-traffic.js';

interface Benchmark {
  title: string;
  bare: (url: string) => Promise<Distribution>;
  usher: (system: RunningSystem) => Promise<Distribution>;
}

const BENCHMARKS: Record<string, Benchmark> = {
  mixed: {
    title: 'Mixed traffic: 100 requests a second, 1,000 signed-in users',
    bare: bareUnderMixedTraffic,
    usher: usherUnderMixedTraffic,
  },
  'fan-out': {
    title: 'From the request to each of 500 sockets, an event every quarter of a second',
    bare: bareToSockets,
    usher: usherToSockets,
  },
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
  for (const [, { title, bare: measureBare, usher }] of chosen)
    printTable(title, [
      { name: 'bare server (baseline)', figures: await measureBare(url) },
      { name: 'Usher', figures: await usher(system) },
    ]);
} finally {
  await system.stop();
  await bare.stop(5_000);
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}
