import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { systemClock } from '#kernel';
import { HealthProbes, type Logger, LOGGER, Metrics } from '#observability';
import { BrokerConnection } from './broker/broker-connection.js';
import { Publisher } from './broker/publisher.js';
import { OrderedConsumer } from './consumer/ordered-consumer.js';
import { ParallelConsumer } from './consumer/parallel-consumer.js';
import type { QueueConsumerOptions } from './consumer/queue-consumer.js';
import { ANYTHING, type Delivery, ENVELOPES, type RawMessage, type Received } from './consumer/reading.js';
import { Realtime } from './realtime/realtime.js';
import type { QueueName } from './topology.js';

export interface MessagingOptions {
  /** `amqp://user:password@host:port/vhost`. */
  url: string;
  /** The service's name, shown next to its connections. */
  service: string;
}

/** Makes the strategy of each queue that a service consumes, for `app.connectMicroservice({ strategy })`. */
export class Consumers {
  constructor(private readonly dependencies: Omit<QueueConsumerOptions, 'queue'>) {}

  /** Feeds the service's one `@OrderedBatches(queue)` method. */
  orderedBatches(queue: QueueName): OrderedConsumer {
    return new OrderedConsumer({ ...this.dependencies, queue });
  }

  /** Feeds the service's one `@EachMessage(queue)` method, with at most `prefetch` messages at once. */
  eachMessage(queue: QueueName, prefetch: number): ParallelConsumer<Delivery & Received> {
    return new ParallelConsumer({ ...this.dependencies, queue }, ENVELOPES, prefetch);
  }

  /** Feeds the service's one `@EachRawMessage(queue)` method, with at most `prefetch` messages at once. */
  eachRawMessage(queue: QueueName, prefetch: number): ParallelConsumer<RawMessage & Received> {
    return new ParallelConsumer({ ...this.dependencies, queue }, ANYTHING, prefetch);
  }
}

/**
 * The broker for one service: `Publisher`, `Realtime` and `Consumers`. Nothing here waits for RabbitMQ at start. Global, so
 * that it is closed after every module that uses it.
 */
@Module({})
export class MessagingModule implements OnApplicationShutdown {
  constructor(private readonly connection: BrokerConnection) {}

  static forRoot({ url, service }: MessagingOptions): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      providers: [
        {
          provide: BrokerConnection,
          inject: [LOGGER],
          useFactory: (logger: Logger) => new BrokerConnection({ url, name: service, logger }),
        },
        {
          provide: Publisher,
          inject: [BrokerConnection, HealthProbes, LOGGER],
          useFactory: (connection: BrokerConnection, probes: HealthProbes, logger: Logger) =>
            new Publisher(connection, probes, logger),
        },
        {
          provide: Realtime,
          inject: [BrokerConnection, LOGGER, Metrics],
          useFactory: (connection: BrokerConnection, logger: Logger, metrics: Metrics) =>
            new Realtime(connection, logger, metrics),
        },
        {
          provide: Consumers,
          inject: [Publisher, LOGGER, Metrics],
          useFactory: (publisher: Publisher, logger: Logger, metrics: Metrics) =>
            new Consumers({ url, service, publisher, logger, metrics, clock: systemClock }),
        },
      ],
      exports: [Publisher, Realtime, Consumers],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
