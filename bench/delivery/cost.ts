import type { BusSetting } from './bus.js';

/** What has been spent so far. */
interface Spent {
  /** Seconds of processor time. */
  service: number;
  mongodb: number;
  /** Requests to MongoDB, by whoever made them. */
  requests: number;
}

/** Prints what `work`, which delivers `count` times, costs a delivery; clocks of a busy machine say less than that. */
export async function printingCost<T>(setting: BusSetting, count: (result: T) => number, work: () => Promise<T>) {
  const before = await spent(setting);
  const result = await work();
  const after = await spent(setting);
  const each = (a: number, b: number, unit: number): string => (((b - a) * unit) / count(result)).toFixed(2);
  process.stdout.write(
    `\nA delivery costs ${each(before.service, after.service, 1000)} ms of notification-service's processor, ` +
      `${each(before.mongodb, after.mongodb, 1000)} ms of MongoDB's, and ` +
      `${each(before.requests, after.requests, 1)} requests to MongoDB.\n`,
  );
  return result;
}

async function spent({ system, database }: BusSetting): Promise<Spent> {
  const metrics = await (await fetch(`${system.urls.notifications}/metrics`)).text();
  const service = Number(/^process_cpu_seconds_total(?:\{[^}]*\})? (\S+)/m.exec(metrics)?.[1]);
  const status = await database.db?.admin().serverStatus();
  // On Linux alone.
  const { user_time_us, system_time_us } = status?.['extra_info'] as { user_time_us: number; system_time_us: number };
  return {
    service,
    mongodb: (user_time_us + system_time_us) / 1e6,
    requests: (status?.['network'] as { numRequests: number }).numRequests,
  };
}
