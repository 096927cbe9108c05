import type { OnStep } from '../progress.js';
import type { LocalServer } from '../server.js';
import type { StackSettings } from '../settings.js';
import { createVirtualHost, deleteVirtualHost, type BrokerAddress } from './virtual-hosts.js';

/** A broker that we run. */
export interface Rabbitmq extends LocalServer, BrokerAddress {
  /** Management API and its web pages, user and password `guest`. */
  readonly managementUrl: string;
  readonly port: number;
  /** Makes a virtual host and returns its AMQP address. Safe to repeat. */
  createVirtualHost(name: string): Promise<string>;
  /** Deletes it with all that is in it. */
  deleteVirtualHost(name: string): Promise<void>;
}

export interface RabbitmqOptions {
  /** Made when missing; what is in it is kept. */
  readonly dataDir: string;
  /** Loopback port of AMQP; the next three are used as well. Without one, the folder's last port, or any. */
  readonly port?: number | undefined;
  readonly onStep?: OnStep | undefined;
  readonly settings?: StackSettings | undefined;
  /** Nobody needs the data again: stop at once rather than cleanly. */
  readonly throwAway?: boolean | undefined;
}

/** Gives a running server of ours its virtual hosts. */
export function withVirtualHosts(server: LocalServer, ports: { amqp: number; management: number }): Rabbitmq {
  const address = {
    url: `amqp://guest:guest@127.0.0.1:${ports.amqp}`,
    managementUrl: `http://127.0.0.1:${ports.management}`,
  };
  return {
    ...address,
    port: ports.amqp,
    get pid() {
      return server.pid;
    },
    get exited() {
      return server.exited;
    },
    stop: () => server.stop(),
    kill: (signal) => server.kill(signal),
    restart: () => server.restart(),
    createVirtualHost: (name) => createVirtualHost(address, name),
    deleteVirtualHost: (name) => deleteVirtualHost(address, name),
  };
}
