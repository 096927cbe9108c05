import { RmqContext, ServerRMQ } from '@nestjs/microservices';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { lastValueFrom } from 'rxjs';
import type { Clock } from '#kernel';
import { UsherError } from '#kernel';
import type { Logger, Metrics } from '#observability';
import { fromMongoError } from '#persistence';
import { BrokerConnection } from '../broker/broker-connection.js';
import { within } from '../broker/deadline.js';
import type { Publisher } from '../broker/publisher.js';
import { discard } from '../broker/supervised-channel.js';
import { declareTopology, type QueueName } from '../topology.js';
import { ConsumerSession } from './consumer-session.js';
import { transportOf } from './handlers.js';
import { type ParkedBecause, parkedMessage } from './parking.js';
import type { Reading, Received } from './reading.js';
import { safeProperties } from './safe-properties.js';
import { settle } from './settle.js';

const DRAIN_MS = 10_000;

export interface QueueConsumerOptions {
  url: string;
  service: string;
  queue: QueueName;
  /** Parks on a connection of its own: one that publishes may be held up by the broker, and acknowledgements with it. */
  publisher: Publisher;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
}

/**
 * Nest's RabbitMQ transport for one queue and its one handler. Nothing is acknowledged before it is done or parked; lost
 * channels, deleted queues and cancelled consumers are set up again; closing waits up to ten seconds for what is in hand
 * and gives back the rest. In which order, and how many at once, is up to the subclass.
 */
export abstract class QueueConsumer<H extends Received> extends ServerRMQ {
  protected session: ConsumerSession<H> | undefined;
  protected closing = false;
  private readonly log: Logger;
  private connection: BrokerConnection | undefined;

  constructor(
    private readonly settings: QueueConsumerOptions,
    private readonly reading: Reading<H>,
    private readonly prefetch: number,
  ) {
    super({ urls: [settings.url], queue: settings.queue, noAck: false, prefetchCount: prefetch });
    this.transportId = transportOf(settings.queue);
    this.log = settings.logger.child({ queue: settings.queue });
  }

  /** The session has something to take. */
  protected abstract work(): void;

  /** Resolves when nothing of what was taken is in the handler's hands. */
  protected abstract idle(): Promise<unknown>;

  /** Does not wait for the broker. Calls back with an error where there is not exactly one handler. */
  override async listen(callback: (error?: unknown) => void): Promise<void> {
    const handler = this.getHandlerByPattern(this.queue);
    if (handler === null || handler.next !== undefined)
      return callback(new Error(`There must be exactly one method that takes the messages of ${this.queue}.`));
    const { url, service, logger } = this.settings;
    this.connection = new BrokerConnection({ url, name: `${service}:${this.queue}`, logger });
    this.server = this.connection.manager;
    this.connection.openChannel({
      name: this.queue,
      setup: (channel) => this.consume(channel),
    });
    callback();
  }

  /**
   * What is in hand is finished and acknowledged, parked messages are safe, and closing the channel returns the rest.
   * The consumer is not cancelled first: the broker would hand what follows to the next one while this is still under
   * way.
   */
  override async close(): Promise<void> {
    this.closing = true;
    this.session?.stopWaiting();
    await within(DRAIN_MS, Promise.all([this.idle(), this.session?.settled()]));
    this.session?.end();
    await this.connection?.close();
  }

  /** Brings `batch` to its end; `accept` acknowledges what was handled. `payload` is what the handler gets of it. */
  protected async process(
    session: ConsumerSession<H>,
    batch: readonly H[],
    { payload, accept }: { payload: (part: readonly H[]) => unknown; accept: (part: readonly H[]) => void },
  ): Promise<void> {
    await settle(batch, {
      handle: (part) => this.handle(payload(part), part.at(-1)?.message),
      accept,
      reject: ({ message }, error) => session.park(message, because(error)),
      isRetryable: (error) => !this.reading.parks || (asUsherError(error)?.retryable ?? false),
      pause: (attempt, error) => {
        this.log.warn({ err: error, attempt, size: batch.length }, 'consumer.waiting');
        return session.pause(attempt);
      },
    });
  }

  private async consume(channel: ConfirmChannel): Promise<void> {
    await declareTopology(channel);
    await channel.prefetch(this.prefetch);
    const session = new ConsumerSession<H>(channel, {
      read: this.reading.read,
      onPending: () => this.work(),
      park: (message, because) => this.park(message, because),
      now: () => this.settings.clock.now(),
    });
    channel.once('close', () => session.end());
    this.session = session;
    await channel.consume(this.queue, (message) => {
      if (message !== null) return session.receive(message);
      // The broker cancels a consumer when its queue is deleted or moves: begin again with a channel of its own.
      this.log.warn('consumer.cancelled');
      session.end();
      void discard(channel);
    });
    this.log.info('consumer.started');
  }

  private async handle(payload: unknown, message: ConsumeMessage | undefined): Promise<void> {
    const handler = this.getHandlerByPattern(this.queue);
    if (handler === null) throw new Error(`no handler for ${this.queue}`);
    const context = new RmqContext([message ?? {}, undefined, this.queue]);
    await lastValueFrom(this.transformToObservable(await handler(payload, context)), { defaultValue: undefined });
  }

  private async park(message: ConsumeMessage, why: ParkedBecause): Promise<void> {
    await this.settings.publisher.publish(parkedMessage(this.queue, message, why));
    this.settings.metrics.count('usher_messages_parked_total', { queue: this.queue });
    // Not the detail: it may quote the message.
    const { messageId: message_id, type } = safeProperties(message.properties);
    this.log.warn({ reason: why.reason, message_id, type }, 'message.parked');
  }
}

const asUsherError = (error: unknown): UsherError | undefined => {
  const known = fromMongoError(error);
  return known instanceof UsherError ? known : undefined;
};

const because = (error: unknown): ParkedBecause => ({
  reason: asUsherError(error)?.code ?? 'rejected',
  detail: error instanceof Error ? error.message : String(error),
});
