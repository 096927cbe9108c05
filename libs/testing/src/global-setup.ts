import { mkdtemp } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalStack } from '#local-stack';

declare global {
  /** The stack of this Jest run; global-teardown stops it. */
  var usherTestStack: LocalStack | undefined;
}

/**
 * Jest loads this file outside its own module system, where neither the source condition of package.json's imports nor
 * `.js` for a `.ts` file is known. These are the same two rules that jest.config.js gives the tests.
 */
function resolveSources(): { deregister(): void } {
  return registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith('#')) {
        return next(specifier, { ...context, conditions: ['source', ...context.conditions] });
      }
      const ours = /^\.{1,2}\/.*\.js$/.test(specifier) && !context.parentURL?.includes('/node_modules/');
      if (!ours) return next(specifier, context);
      try {
        return next(specifier.replace(/\.js$/, '.ts'), context);
      } catch {
        return next(specifier, context);
      }
    },
  });
}

/** Starts one throw-away MongoDB and RabbitMQ for the whole run and tells the tests where they are. */
export default async function globalSetup(): Promise<void> {
  if (globalThis.usherTestStack) return; // the projects int and e2e share it
  const sources = resolveSources();
  const { startLocalStack } = await import('#local-stack');
  sources.deregister();
  const stack = await startLocalStack({
    dataDir: await mkdtemp(join(tmpdir(), 'usher-test-')),
    throwAway: true,
    onStep: (event) => {
      if (event.kind === 'notice') process.stderr.write(`${event.text}\n`);
      if (event.kind === 'done') process.stderr.write(`✓ ${event.step} (${(event.ms / 1_000).toFixed(1)} s)\n`);
    },
  });
  globalThis.usherTestStack = stack;
  process.env['USHER_TEST_MONGODB_URI'] = stack.mongodbUri;
  process.env['USHER_TEST_RABBITMQ_URL'] = stack.rabbitmqUrl;
  if (stack.rabbitmqManagementUrl) process.env['USHER_TEST_RABBITMQ_MANAGEMENT_URL'] = stack.rabbitmqManagementUrl;
}
