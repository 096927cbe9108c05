import { Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { getModelToken } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { systemClock } from '#kernel';
import { MongoRelayLog, Publisher, Relay } from '#messaging';
import { type Logger, LOGGER, Metrics } from '#observability';
import { EVENT_LOG, EventLog, EventLogModule, Leases, LeasesModule, type LogEntry, Transactions } from '#persistence';
import { toMessage } from './to-message.js';

/** Publishes the event log on the bus; the services that append to it need not know. */
@Module({
  imports: [EventLogModule, LeasesModule],
  providers: [
    Transactions,
    {
      provide: Relay,
      inject: [getModelToken(EVENT_LOG), Leases, Transactions, Publisher, LOGGER, Metrics],
      useFactory: (
        entries: Model<LogEntry>,
        leases: Leases,
        transactions: Transactions,
        publisher: Publisher,
        logger: Logger,
        metrics: Metrics,
      ) => {
        const clock = systemClock;
        const log = new MongoRelayLog({ name: 'event-log', entries, leases, transactions, clock, logger, toMessage });
        return new Relay({ log, leases, publisher, clock, logger, metrics });
      },
    },
  ],
})
export class EventLogRelayModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly relay: Relay,
    private readonly eventLog: EventLog,
  ) {}

  onApplicationBootstrap(): void {
    this.eventLog.onAppended(() => this.relay.wake());
    this.relay.start();
  }

  /** By now nothing listens any more, so that all that was answered is in the log; the broker is closed after this. */
  async onApplicationShutdown(): Promise<void> {
    await this.relay.stop();
  }
}
