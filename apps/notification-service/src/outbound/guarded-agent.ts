import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { Agent, buildConnector } from 'undici';
import { isPublicAddress, mayBePublic } from './public-address.js';

const CONNECT_MS = 5_000;
/** Per origin; requests beyond wait for a connection. */
const CONNECTIONS = 32;

/** Refused before anything was sent: the host is, or resolves to, an address that nothing is sent to. */
export class AddressRefused extends Error {
  constructor(host: string) {
    super(`${host} is at a private, loopback or otherwise non-public address`);
    this.name = 'AddressRefused';
  }
}

export interface GuardedAgentOptions {
  /** Lets every address through. */
  allowPrivate: boolean;
  /** For tests: how names are resolved. */
  resolveAll?: (host: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;
}

/**
 * Connections to addresses that clients name. What is checked is what is dialled: a literal address right before the
 * socket is made, a name's addresses inside the very lookup whose result is connected to, so that a name that resolves
 * otherwise a moment later (DNS rebinding) gains nothing. All of a name's addresses must be public.
 */
export function guardedAgent({ allowPrivate, resolveAll = resolveByDns }: GuardedAgentOptions): Agent {
  if (allowPrivate) return new Agent({ connections: CONNECTIONS, connect: { timeout: CONNECT_MS } });
  const connect = buildConnector({ timeout: CONNECT_MS, lookup: guardedLookup(resolveAll) });
  return new Agent({
    connections: CONNECTIONS,
    connect: (options, callback) => {
      // An address needs no lookup, and a lookup of a literal is not made.
      if (mayBePublic(options.hostname)) connect(options, callback);
      else callback(new AddressRefused(options.hostname), null);
    },
  });
}

type Answer = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

const guardedLookup =
  (resolveAll: NonNullable<GuardedAgentOptions['resolveAll']>) =>
  (host: string, options: LookupOptions, answer: Answer): void => {
    resolveAll(host, (error, addresses) => {
      if (error !== null) return answer(error, []);
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
        return answer(new AddressRefused(host), []);
      if (options.all === true) answer(null, addresses);
      else answer(null, first.address, first.family);
    });
  };

const resolveByDns: NonNullable<GuardedAgentOptions['resolveAll']> = (host, done) => resolve(host, { all: true }, done);
