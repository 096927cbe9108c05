import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { AddressRefused, guardedAgent, type GuardedAgentOptions } from './guarded-agent.js';
import { NON_PUBLIC } from './testing/non-public.js';

/** On every address of this machine: whatever is dialled that is not refused gets here, or nowhere. */
describe('the guarded agent, beside a canary', () => {
  let canary: Server;
  let port: number;
  let reached = 0;

  beforeAll(async () => {
    canary = createServer((_, response) => {
      reached += 1;
      response.end();
    });
    canary.on('connection', () => (reached += 1));
    await new Promise<void>((resolve) => canary.listen(0, '::', resolve));
    ({ port } = canary.address() as AddressInfo);
  });

  afterAll(async () => {
    canary.closeAllConnections();
    await new Promise((resolve) => canary.close(resolve));
  });

  const resolving =
    (...addresses: string[]): NonNullable<GuardedAgentOptions['resolveAll']> =>
    (_, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );

  const ask = async (host: string, options: Partial<GuardedAgentOptions> = {}): Promise<unknown> => {
    const dispatcher = guardedAgent({ allowPrivate: false, ...options });
    try {
      return await request(`http://${host}:${port}/`, { dispatcher, headersTimeout: 2_000 });
    } finally {
      await dispatcher.destroy();
    }
  };

  it('is reached where everything is allowed', async () => {
    const before = reached;
    await ask('127.0.0.1', { allowPrivate: true });
    expect(reached).toBeGreaterThan(before);
  });

  it.each(NON_PUBLIC)(
    'refuses $range ($address), given as such and as what a name resolves to',
    async ({ address }) => {
      const before = reached;
      const host = address.includes(':') ? `[${address}]` : address;
      await expect(ask(host)).rejects.toThrow(AddressRefused);
      await expect(ask('rebound.example', { resolveAll: resolving(address) })).rejects.toThrow(AddressRefused);
      await expect(ask('both.example', { resolveAll: resolving('8.8.8.8', address) })).rejects.toThrow(AddressRefused);
      expect(reached).toBe(before);
    },
  );

  it.each(['2130706433', '0177.0.0.1', '0x7f000001', '127.1', '0', 'localhost'])('refuses %s', async (host) => {
    const before = reached;
    await expect(ask(host)).rejects.toThrow(AddressRefused);
    expect(reached).toBe(before);
  });

  it('asks for a name’s addresses once for each connection, so that nothing else is dialled than it has checked', async () => {
    const before = reached;
    let asked = 0;
    const rebinding: NonNullable<GuardedAgentOptions['resolveAll']> = (_, done) => {
      asked += 1;
      done(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    await expect(ask('rebinding.example', { resolveAll: rebinding })).rejects.toThrow(AddressRefused);
    expect(asked).toBe(1);
    expect(reached).toBe(before);
  });

  it('says when a name is not known', async () => {
    const unknown: GuardedAgentOptions['resolveAll'] = (_, done) =>
      done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []);
    await expect(ask('nowhere.example', { resolveAll: unknown })).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});
