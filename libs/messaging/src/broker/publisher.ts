import type { ConfirmChannel, Options } from 'amqplib';
import { UsherError } from '#kernel';
import type { HealthProbes, Logger } from '#observability';
import { declareTopology } from '../topology.js';
import type { BrokerConnection } from './broker-connection.js';
import { discard, type SupervisedChannel } from './supervised-channel.js';

const CONFIRM_MS = 5_000;
/** Exists in every virtual host (AMQP 0-9-1, section 3.1.3.2), so asking for it only measures whether the broker answers. */
const ALWAYS_THERE = 'amq.fanout';

export interface OutgoingMessage {
  /** The empty string is the default exchange: the routing key is a queue's name. */
  exchange: string;
  routingKey: string;
  content: Buffer;
  properties: Pick<Options.Publish, 'messageId' | 'type' | 'contentType' | 'correlationId' | 'headers'>;
}

/** Publishes durably, one confirmed message at a time or many side by side. */
export class Publisher {
  private readonly supervised: SupervisedChannel;
  /** Channels on which the broker returned a message: what they confirm from then on is not to be believed. */
  private readonly tainted = new WeakSet<ConfirmChannel>();
  private ping: Promise<void> | undefined;

  constructor(
    private readonly connection: BrokerConnection,
    probes: HealthProbes,
    private readonly logger: Logger,
  ) {
    this.supervised = connection.openChannel({
      name: 'publisher',
      setup: async (channel) => {
        channel.on('return', () => this.distrust(channel));
        await declareTopology(channel);
      },
    });
    probes.register('rabbitmq', () => this.check());
  }

  /** Whether a publish has a chance at the moment. */
  get ready(): boolean {
    return this.supervised.channel !== undefined && this.connection.blocked === undefined;
  }

  /**
   * Resolves once the broker has the message safe in every queue that wants it. Calls made one after the other without
   * waiting are sent in that order. Throws a retryable `unavailable` at once where the broker is away or takes nothing,
   * where it refuses or cannot route the message, and after five seconds without an answer: the message may have
   * arrived all the same, so a retry may repeat it. Nothing is kept to be sent later.
   */
  publish({ exchange, routingKey, content, properties }: OutgoingMessage): Promise<void> {
    const { channel } = this.supervised;
    if (channel === undefined) return Promise.reject(unavailable('The broker is out of reach.'));
    if (!this.ready) return Promise.reject(unavailable('The broker takes no messages at the moment.'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(unavailable('The broker did not confirm in time.')), CONFIRM_MS);
      const settle = (error: unknown): void => {
        clearTimeout(timer);
        if (error === null && !this.tainted.has(channel)) resolve();
        else reject(unavailable('The broker did not take the message.', error));
      };
      try {
        channel.publish(exchange, routingKey, content, { ...properties, persistent: true, mandatory: true }, settle);
      } catch (error) {
        settle(error);
      }
    });
  }

  /** A returned message found not even the queue for the unrouted: somebody deleted it, and declaring anew mends that. */
  private distrust(channel: ConfirmChannel): void {
    this.tainted.add(channel);
    this.logger.warn('publisher.message_returned');
    void discard(channel);
  }

  private async check(): Promise<void> {
    const { channel } = this.supervised;
    if (channel === undefined) throw new Error('not connected');
    if (this.connection.blocked !== undefined) throw new Error(`blocked: ${this.connection.blocked}`);
    // A hung broker answers none of them: one question at a time is enough.
    this.ping ??= this.ask(channel).finally(() => (this.ping = undefined));
    await this.ping;
  }

  private async ask(channel: ConfirmChannel): Promise<void> {
    await channel.checkExchange(ALWAYS_THERE);
  }
}

const unavailable = (detail: string, cause?: unknown): UsherError =>
  new UsherError('unavailable', detail, { retryable: true, ...(cause === undefined ? {} : { cause }) });
