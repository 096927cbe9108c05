import { Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { getModelToken, MongooseModule } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { type Clock, systemClock } from '#kernel';
import { Publisher, Relay } from '#messaging';
import { type Logger, LOGGER, Metrics } from '#observability';
import { Leases, LeasesModule } from '#persistence';
import { CLOCK } from '../config.js';
import { OutboxLog } from './outbox-log.js';
import { OutboxRepository } from './outbox.repository.js';
import { OUTBOX_ENTRY, type OutboxEntry, outboxSchema } from './outbox.schema.js';

/** The outbox, and the relay that publishes it on the bus. */
@Module({
  imports: [MongooseModule.forFeature([{ name: OUTBOX_ENTRY, schema: outboxSchema }]), LeasesModule],
  providers: [
    OutboxRepository,
    {
      provide: Relay,
      inject: [getModelToken(OUTBOX_ENTRY), Leases, Publisher, CLOCK, LOGGER, Metrics],
      useFactory: (
        entries: Model<OutboxEntry>,
        leases: Leases,
        publisher: Publisher,
        clock: Clock,
        logger: Logger,
        metrics: Metrics,
      ) => {
        const log = new OutboxLog(entries, clock, logger);
        // The clock by which leases are given.
        return new Relay({ log, leases, publisher, clock: systemClock, logger, metrics });
      },
    },
  ],
  exports: [OutboxRepository, Relay],
})
export class OutboxRelayModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly relay: Relay) {}

  onApplicationBootstrap(): void {
    this.relay.start();
  }

  /** By now nothing listens any more, so that all that was accepted is in the outbox; the broker is closed after this. */
  async onApplicationShutdown(): Promise<void> {
    await this.relay.stop();
  }
}
