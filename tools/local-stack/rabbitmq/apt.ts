import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { runCommand } from '../command.js';
import { findExecutable } from '../paths.js';
import { runStep, type OnStep } from '../progress.js';
import { Unavailable } from '../ways.js';

const INSTALL = ['install', '-y', '--no-install-recommends', 'rabbitmq-server'];

/** Debian's own switch (policy-rc.d(8)) for "do not start services while installing". */
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs RabbitMQ with apt, having said so. Its package would start a broker of its own on the standard ports; that is
 * suppressed while it is installed.
 *
 * @throws {Unavailable} where there is no apt, no root, no permission, or where apt fails.
 */
export async function installWithApt(noInstall: boolean, path: string, onStep: OnStep): Promise<void> {
  if (!findExecutable('apt-get', path, ['/usr/bin'])) throw new Unavailable('no apt-get on this system');
  if (process.getuid?.() !== 0) throw new Unavailable('needs root');
  if (noInstall) throw new Unavailable('forbidden by USHER_NO_INSTALL');
  onStep({
    kind: 'notice',
    text: `RabbitMQ is not installed. Installing it system-wide: apt-get ${INSTALL.join(' ')} (USHER_NO_INSTALL=1 forbids this)`,
  });
  await runStep(onStep, 'Install RabbitMQ with apt', () => withoutServiceStart(installOnce));
}

async function installOnce(): Promise<void> {
  const first = await aptGet(INSTALL);
  if (first.code === 0) return;
  await aptGet(['update']); // lists are missing in fresh containers, and old ones name packages that are gone
  const second = await aptGet(INSTALL);
  if (second.code !== 0) throw new Unavailable(`apt-get failed: ${lastError(second.output)}`);
}

const aptGet = (args: readonly string[]) =>
  runCommand('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    cwd: '/',
    finishAnyway: true, // half an installation is worse than one that nobody waits for
  });

const lastError = (output: string): string => {
  const lines = output.trim().split('\n');
  return lines.filter((line) => line.startsWith('E: ')).at(-1) ?? lines.at(-1) ?? 'no output';
};

async function withoutServiceStart(work: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return work(); // somebody's own policy, as in most containers: respected
  await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    await rm(POLICY, { force: true });
  }
}
