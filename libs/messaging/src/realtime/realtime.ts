import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { ZodType } from 'zod';
import type { Logger, Metrics } from '#observability';
import type { BrokerConnection } from '../broker/broker-connection.js';
import { discard, type SupervisedChannel } from '../broker/supervised-channel.js';
import { declareTopology, EXCHANGES } from '../topology.js';

/** Messages that wait for this instance to read them; beyond that the oldest go. */
const MAX_WAITING = 10_000;

export interface RealtimeSubscriber<T> {
  /** Called for each message, in order of publication per publisher. */
  onMessage: (message: T) => void;
  /** Called whenever messages begin to arrive, at first and after each outage: what was missed is in the database. */
  onEstablished: () => void;
}

/**
 * Small JSON messages from any instance to every instance, itself included, within milliseconds. Best effort: nothing is
 * stored, nothing is retried and a publisher never waits, so a message is a hint to look, not the only copy of a fact.
 */
export class Realtime {
  private readonly supervised: SupervisedChannel;
  private readonly topics = new Map<string, Set<RealtimeSubscriber<unknown>>>();
  private congested = false;
  private established = false;

  constructor(
    private readonly connection: BrokerConnection,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {
    this.supervised = connection.openChannel({
      name: 'realtime',
      setup: (channel) => this.setUp(channel),
      onOpen: () => this.establish(),
    });
  }

  /** Sends at once or not at all: dropped, and counted, while the broker is away, blocked or slower than we are. */
  publish(topic: string, message: object): void {
    const { channel } = this.supervised;
    if (channel === undefined || this.congested || this.connection.blocked !== undefined) return this.drop(topic);
    try {
      const content = Buffer.from(JSON.stringify(message));
      this.congested = !channel.publish(EXCHANGES.realtime, '', content, { type: topic, persistent: false });
    } catch {
      this.drop(topic);
    }
  }

  /** Hears every message of `topic` that fits `schema`, from now on; answers with what ends that. */
  subscribe<T>(topic: string, schema: ZodType<T>, { onMessage, onEstablished }: RealtimeSubscriber<T>): () => void {
    const subscriber: RealtimeSubscriber<unknown> = {
      onMessage: (message) => {
        try {
          onMessage(schema.parse(message));
        } catch (error) {
          this.logger.warn({ topic, err: error }, 'realtime.failed');
        }
      },
      onEstablished,
    };
    const subscribers = this.topics.get(topic) ?? new Set();
    this.topics.set(topic, subscribers.add(subscriber));
    if (this.established) onEstablished();
    return () => void subscribers.delete(subscriber);
  }

  private async setUp(channel: ConfirmChannel): Promise<void> {
    this.congested = false;
    channel.on('drain', () => (this.congested = false));
    channel.once('close', () => (this.established = false));
    await declareTopology(channel);
    const { queue } = await channel.assertQueue('', {
      exclusive: true,
      autoDelete: true,
      durable: false,
      arguments: { 'x-max-length': MAX_WAITING, 'x-overflow': 'drop-head' },
    });
    await channel.bindQueue(queue, EXCHANGES.realtime, '');
    await channel.consume(queue, (message) => (message === null ? void discard(channel) : this.receive(message)), {
      noAck: true,
    });
  }

  private establish(): void {
    this.established = true;
    for (const subscribers of this.topics.values()) for (const { onEstablished } of subscribers) onEstablished();
  }

  private receive({ content, properties }: ConsumeMessage): void {
    const topic = String(properties.type);
    const subscribers = this.topics.get(topic);
    if (subscribers === undefined) return;
    try {
      const message: unknown = JSON.parse(content.toString());
      for (const { onMessage } of subscribers) onMessage(message);
    } catch (error) {
      this.logger.warn({ topic, err: error }, 'realtime.failed');
    }
  }

  private drop(topic: string): void {
    this.metrics.count('usher_realtime_dropped_total', { topic });
  }
}
