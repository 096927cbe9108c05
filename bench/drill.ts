/**
 * `npm run drill [-- events [kills]]`: events are published while notification-service is killed again and again. Prints
 * what producer, archive and receiver have counted, and exits 1 where they do not agree.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalStack } from '#local-stack';
import { type DrillLedger, drillKills, RunningSystem } from '#testing';

const [events = 2_000, kills = 10] = process.argv.slice(2).map(Number);

function print(ledger: DrillLedger, seconds: number): boolean {
  const { published, missing, doubled } = ledger;
  const rows: [string, number, boolean][] = [
    ['kills', ledger.kills, true],
    ['events accepted', published, published === events],
    ['requests sent again', ledger.repeatedRequests, true],
    ['events archived', ledger.archived, ledger.archived === published],
    ['deliveries made', ledger.made, ledger.made === published],
    ['deliveries that succeeded', ledger.succeeded, ledger.succeeded === published],
    ['webhooks received', ledger.received, ledger.received >= published],
    ['… of different `webhook-id`', ledger.receivedOnce, ledger.receivedOnce === published],
    ['events that never came', missing.length, missing.length === 0],
    ['events under two ids', doubled.length, doubled.length === 0],
    ['signatures that do not verify', ledger.unsigned, ledger.unsigned === 0],
  ];
  const right = rows.every(([, , holds]) => holds);
  const lines = rows.map(([name, figure, holds]) => `| ${name} | ${figure} |${holds ? '' : ' WRONG'}`);
  const verdict = `${right ? 'Delivered once each' : 'NOT RIGHT'}, in ${seconds.toFixed(1)} s.`;
  process.stdout.write(
    [`\n### ${events} events, ${kills} kills\n`, '| | |', '|---|---:|', ...lines, '', verdict, ''].join('\n'),
  );
  return right;
}

const folder = await mkdtemp(join(tmpdir(), 'usher-drill-'));
const stack = await startLocalStack({ dataDir: folder, throwAway: true });
try {
  const { mongodbUri, rabbitmqUrl } = stack;
  const system = await RunningSystem.start({ mongodbUri, rabbitmqUrl });
  try {
    const started = performance.now();
    const ledger = await drillKills(system, { events, kills });
    if (!print(ledger, (performance.now() - started) / 1000)) process.exitCode = 1;
  } finally {
    await system.stop();
  }
} finally {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}
