import { createServer, connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Below every system's range for outgoing connections (Linux starts at 32768): a client that keeps reconnecting to a
 * stopped server on a port of that range can be given this very port, connect to itself and block the restart.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });

/** Whether nothing listens on that port of 127.0.0.1. */
export const isFree = canListen;

/** `count` neighbouring free ports on 127.0.0.1; the first is returned. Random, so that runs side by side do not clash. */
export async function findFreePorts(count: number): Promise<number> {
  for (;;) {
    const first = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST - count));
    const free = await Promise.all(Array.from({ length: count }, (_, index) => canListen(first + index)));
    if (free.every(Boolean)) return first;
  }
}

/** Whether something accepts a connection there within `timeoutMs`. */
export const answers = (port: number, host = '127.0.0.1', timeoutMs = 1_000): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host });
    const settle = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });

/** Polls `check` until it is true, `signal` is aborted, or `timeoutMs` have passed; says whether it became true. */
export async function becomesTrue(
  check: () => Promise<boolean>,
  options: { timeoutMs: number; everyMs?: number; signal?: AbortSignal },
): Promise<boolean> {
  const deadline = performance.now() + options.timeoutMs;
  while (!options.signal?.aborted && performance.now() < deadline) {
    if (await check()) return true;
    await delay(options.everyMs ?? 25);
  }
  return false;
}
