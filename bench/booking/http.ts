import autocannon from 'autocannon';
import { distributionOf, type Throughput } from '../measure.js';

/**
 * Has `clients` connections book `count` seats over HTTP, each for a guest of its own, of `eventIds` in turn. Throws where
 * one is not answered 201.
 */
export async function bookOverHttp(
  url: string,
  eventIds: readonly string[],
  { clients, count }: { clients: number; count: number },
): Promise<Throughput> {
  const run = crypto.randomUUID();
  let next = 0;
  const setupRequest = (request: autocannon.Request): autocannon.Request => {
    const index = next++;
    const attendee = { name: 'Guest', email: `guest-${index}-${run}@example.com` };
    const path = `/v1/events/${eventIds[index % eventIds.length] ?? ''}/bookings`;
    return { ...request, path, body: JSON.stringify({ attendee }) };
  };
  const headers = { 'content-type': 'application/json' };
  const durations: number[] = [];
  const statuses = new Map<number, number>();
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    const requests = [{ method: 'POST' as const, headers, setupRequest }];
    const options = { url, connections: clients, amount: count, timeout: 300, requests };
    const load = autocannon(options, (error: Error | null) => (error === null ? resolve() : reject(error)));
    load.on('response', (_client, status, _bytes, ms) => {
      durations.push(ms);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
  });
  const seconds = (performance.now() - started) / 1000;
  if (statuses.get(201) !== count) throw new Error(`answered: ${JSON.stringify([...statuses])}`);
  return { perSecond: count / seconds, latency: distributionOf(durations) };
}
