import { connect, type AmqpConnectionManager } from 'amqp-connection-manager';
import type { Logger } from '#observability';
import { within } from './deadline.js';
import { type ChannelSpec, SupervisedChannel } from './supervised-channel.js';

/** All in seconds. Two heartbeats missed is a dead broker: a hung one is noticed within 10 to 15 s. */
const TIMING = { heartbeat: 5, reconnect: 1, connect: 5, close: 2 } as const;

export interface BrokerConnectionOptions {
  /** `amqp://user:password@host:port/vhost`. */
  url: string;
  /** Shown in RabbitMQ's management next to the connection. */
  name: string;
  logger: Logger;
}

/**
 * One connection to the broker that is re-established for as long as the process lives. Making it never waits and never
 * fails: whoever needs the broker finds it absent until it is there.
 */
export class BrokerConnection {
  readonly manager: AmqpConnectionManager;
  private readonly channels: SupervisedChannel[] = [];
  private readonly logger: Logger;
  private reachable: boolean | undefined;
  private blockedBecause: string | undefined;

  constructor({ url, name, logger }: BrokerConnectionOptions) {
    this.logger = logger.child({ connection: name, broker: new URL(url).host });
    this.manager = connect(url, {
      heartbeatIntervalInSeconds: TIMING.heartbeat,
      reconnectTimeInSeconds: TIMING.reconnect,
      // Without noDelay, Nagle's algorithm holds a lone publish back for up to 40 ms.
      connectionOptions: {
        noDelay: true,
        timeout: TIMING.connect * 1000,
        clientProperties: { connection_name: name },
      },
    });
    this.manager.on('connect', () => this.up());
    this.manager.on('disconnect', ({ err }) => this.down('broker.disconnected', err));
    this.manager.on('connectFailed', ({ err }) => this.down('broker.unreachable', err));
    this.manager.on('blocked', ({ reason }) => this.block(reason));
    this.manager.on('unblocked', () => this.block(undefined));
  }

  /** Why the broker takes no publishes at the moment (memory or disk alarm); undefined while it does. */
  get blocked(): string | undefined {
    return this.blockedBecause;
  }

  /** A channel that is opened now or as soon as there is a connection, and again whenever it is lost. */
  openChannel(spec: ChannelSpec): SupervisedChannel {
    const channel = new SupervisedChannel(this.manager, spec, this.logger);
    this.channels.push(channel);
    return channel;
  }

  /** Closes channels and connection, within about three seconds even where the broker hangs. */
  async close(): Promise<void> {
    await Promise.all(this.channels.map((channel) => channel.close()));
    await within(TIMING.close * 1000, this.manager.close()).catch(() => undefined);
  }

  private up(): void {
    this.reachable = true;
    this.blockedBecause = undefined;
    this.logger.info('broker.connected');
  }

  /** One line for each outage, not one for each attempt. */
  private down(message: string, error: unknown): void {
    const level = this.reachable === false ? 'debug' : 'warn';
    this.reachable = false;
    this.blockedBecause = undefined;
    this.logger[level]({ reason: error instanceof Error ? error.message : undefined }, message);
  }

  private block(reason: string | undefined): void {
    this.blockedBecause = reason;
    this.logger.warn({ reason }, reason === undefined ? 'broker.unblocked' : 'broker.blocked');
  }
}
