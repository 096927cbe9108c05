import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { LeasesModule, Transactions } from '#persistence';
import { ArchiveModule } from '../archive/archive.module.js';
import { SubscriptionsModule } from '../subscriptions/subscriptions.module.js';
import { Courier } from './attempts/courier.js';
import { DestinationsRepository } from './attempts/destinations.repository.js';
import { Settling } from './attempts/settling.js';
import { WebhookChannel } from './channels/webhook/webhook.channel.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DELIVERY, deliverySchema, DESTINATION, destinationSchema, LANE, laneSchema } from './deliveries.schema.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryQueue } from './dispatch/delivery-queue.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { DeadDeliveriesRepository } from './dead-deliveries.repository.js';
import { LanesRepository } from './lanes.repository.js';
import { Subscribers } from './ports.js';
import { SubscriptionSubscribers } from './subscription-subscribers.js';
import { WebhookQueueController } from './webhook-queue.controller.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: DELIVERY, schema: deliverySchema },
      { name: LANE, schema: laneSchema },
      { name: DESTINATION, schema: destinationSchema },
    ]),
    ArchiveModule,
    LeasesModule,
    SubscriptionsModule,
  ],
  controllers: [DeliveriesController, WebhookQueueController],
  providers: [
    Transactions,
    { provide: Subscribers, useClass: SubscriptionSubscribers },
    LanesRepository,
    DeliveriesRepository,
    DeadDeliveriesRepository,
    DestinationsRepository,
    DeliveryQueue,
    Dispatcher,
    Settling,
    Courier,
    WebhookChannel,
    DeliveriesService,
  ],
  exports: [DeliveriesRepository, DeadDeliveriesRepository, DeliveryQueue],
})
export class DeliveryModule {}
