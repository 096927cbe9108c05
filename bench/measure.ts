/** A distribution of durations in milliseconds. */
export interface Distribution {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** Of at least one duration, in milliseconds. */
export function distributionOf(durations: readonly number[]): Distribution {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** What a number of clients got through. */
export interface Throughput {
  perSecond: number;
  latency: Distribution;
}

/** Has `clients` do `count` pieces of work between them, each client one after the other. */
export async function closedLoop(
  work: (index: number) => Promise<unknown>,
  { clients, count }: { clients: number; count: number },
): Promise<Throughput> {
  const durations: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const asked = performance.now();
      await work(index);
      durations.push(performance.now() - asked);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return { perSecond: (count * 1000) / (performance.now() - started), latency: distributionOf(durations) };
}

/**
 * Starts `send` `perSecond` times a second for `seconds`, whether earlier ones have been answered or not, and measures
 * each from the moment it was due: a server that falls behind cannot hide it by slowing its client down.
 */
export async function openLoop(
  send: (index: number) => Promise<void>,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<number[]> {
  const started = performance.now();
  const due = (index: number): number => started + (index * 1000) / perSecond;
  const durations: Promise<number>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const wait = due(index) - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    durations.push(send(index).then(() => performance.now() - due(index)));
  }
  return Promise.all(durations);
}

/** Prints rows as a Markdown table, milliseconds to one decimal, each with its ratio to the first row. */
export function printTable(title: string, rows: readonly { name: string; figures: Distribution }[]): void {
  const [baseline] = rows;
  const ratio = (figures: Distribution): string =>
    baseline === undefined ? '' : `${(figures.p95 / baseline.figures.p95).toFixed(1)} ×`;
  const cells = ({ count, p50, p95, p99, max }: Distribution): string =>
    [String(count), ...[p50, p95, p99, max].map((ms) => ms.toFixed(1))].join(' | ');
  const lines = rows.map(({ name, figures }) => `| ${name} | ${cells(figures)} | ${ratio(figures)} |`);
  process.stdout.write(
    [
      `\n### ${title}\n`,
      '| | count | p50 ms | p95 ms | p99 ms | max ms | p95 to baseline |',
      '|---|---|---|---|---|---|---|',
      ...lines,
      '',
    ].join('\n'),
  );
}

/** The same for throughput: how much a second, and how long each took. */
export function printThroughput(title: string, rows: readonly { name: string; figures: Throughput }[]): void {
  const [baseline] = rows;
  const lines = rows.map(({ name, figures: { perSecond, latency } }) => {
    const ratio = perSecond / (baseline?.figures.perSecond ?? Number.NaN);
    const cells = [perSecond, latency.p50, latency.p95, latency.p99, latency.max].map((value) => value.toFixed(1));
    return `| ${name} | ${latency.count} | ${cells.join(' | ')} | ${ratio.toFixed(1)} × |`;
  });
  process.stdout.write(
    [
      `\n### ${title}\n`,
      '| | count | per second | p50 ms | p95 ms | p99 ms | max ms | to baseline |',
      '|---|---|---|---|---|---|---|---|',
      ...lines,
      '',
    ].join('\n'),
  );
}
