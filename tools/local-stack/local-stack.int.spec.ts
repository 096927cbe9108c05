import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalStack } from './local-stack.js';
import { becomesTrue } from './ports.js';
import { brokerProblem } from './rabbitmq/external.js';
import { readSettings } from './settings.js';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'usher-stack-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Every process of this machine that was started for `dataDir`, by its arguments or its environment. */
function processesOf(folder: string): string[] {
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return ''; // it has just ended, or is another user's
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => (read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`)).includes(folder))
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
}

/** A process that starts a throw-away stack from these sources and then only lives. */
function startElsewhere(folder: string) {
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({ resolve: (name, context, next) =>
      next(context.parentURL?.includes('/tools/local-stack/') ? name.replace(/^(\\.{1,2}\\/.*)\\.js$/, '$1.ts') : name, context) });
    const { startLocalStack } = await import(${JSON.stringify(join(import.meta.dirname, 'local-stack.ts'))});
    await startLocalStack({ dataDir: ${JSON.stringify(folder)}, throwAway: true });
    console.log('up');
    setInterval(() => undefined, 1_000);`;
  const { MONGODB_URI: _m, RABBITMQ_URL: _r, ...env } = process.env;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'], env });
}

describe('the local stack', () => {
  it('uses what MONGODB_URI and RABBITMQ_URL name, starts nothing and stops nothing', async () => {
    const [mongodbUri, rabbitmqUrl] = [process.env['USHER_TEST_MONGODB_URI'], process.env['USHER_TEST_RABBITMQ_URL']];
    const managementUrl = process.env['USHER_TEST_RABBITMQ_MANAGEMENT_URL'];
    const settings = { ...readSettings({}), mongodbUri, rabbitmqUrl, rabbitmqManagementUrl: managementUrl };
    const stack = await startLocalStack({ dataDir, settings });
    expect(stack).toMatchObject({ mongodbUri, rabbitmqUrl, rabbitmqManagementUrl: managementUrl });
    expect(processesOf(dataDir)).toEqual([]);
    await stack.stop();
    expect(await brokerProblem(stack.rabbitmqUrl)).toBeUndefined();
  });

  it('does not quietly use another server than the one that was named', async () => {
    const settings = {
      ...readSettings({}),
      mongodbUri: 'mongodb://127.0.0.1:1/',
      rabbitmqUrl: 'amqp://127.0.0.1:1',
    };
    const failure = await startLocalStack({ dataDir, settings }).catch(String);
    expect(failure).toMatch(/MONGODB_URI is set, but .*ECONNREFUSED.*\nRABBITMQ_URL is set, but .*ECONNREFUSED/);
  }, 20_000);

  it('leaves no process and no folder behind when its parent is killed', async () => {
    const parent = startElsewhere(dataDir);
    const first = await Promise.race([once(parent.stdout, 'data'), once(parent, 'exit')]);
    expect(String(first[0])).toBe('up\n');
    const names = processesOf(dataDir).join('\n');
    expect(names).toMatch(/mongod/);
    expect(names).toMatch(/beam.smp/);
    expect(names).toMatch(/epmd/);
    parent.kill('SIGKILL');
    const allGone = async () => processesOf(dataDir).length === 0 && !existsSync(dataDir);
    await becomesTrue(allGone, { timeoutMs: 10_000, everyMs: 100 });
    expect(processesOf(dataDir)).toEqual([]);
    expect(existsSync(dataDir)).toBe(false);
  }, 120_000);
});
