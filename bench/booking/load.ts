import { type Distribution, distributionOf } from '../measure.js';

/** What a closed loop of clients got through. */
export interface Throughput {
  perSecond: number;
  latency: Distribution;
}

/** Has `clients` do `count` pieces of work between them, each client one after the other. */
export async function closedLoop(
  work: (index: number) => Promise<void>,
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
