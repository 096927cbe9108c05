import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { LeasesModule, Transactions } from '#persistence';
import { ArchiveModule } from '../archive/archive.module.js';
import { SubscriptionsModule } from '../subscriptions/subscriptions.module.js';
import { AllSubscribers } from './all-subscribers.js';
import { Courier } from './attempts/courier.js';
import { Departures } from './attempts/departures.js';
import { DestinationsRepository } from './attempts/destinations.repository.js';
import { Settling } from './attempts/settling.js';
import { channelQueueController } from './channel-queue.controller.js';
import { CHANNELS } from './channels/channel.js';
import { Channels } from './channels/channels.js';
import { EventGridChannel } from './channels/event-grid/event-grid.channel.js';
import { EventBridgeChannel } from './channels/eventbridge/eventbridge.channel.js';
import { EventBridgeClients } from './channels/eventbridge/eventbridge-clients.js';
import { WebhookChannel } from './channels/webhook/webhook.channel.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DELIVERY, deliverySchema, DESTINATION, destinationSchema, LANE, laneSchema } from './deliveries.schema.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveriesToPeople } from './deliveries-to-people.js';
import { DeliveryQueue } from './dispatch/delivery-queue.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { DeadDeliveriesRepository } from './dead-deliveries.repository.js';
import { LanesRepository } from './lanes.repository.js';
import { Subscribers } from './ports.js';
import { ReplayDeliveriesRepository } from './replay-deliveries.repository.js';
import { SubscriptionSubscribers } from './subscription-subscribers.js';

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
  controllers: [DeliveriesController, ...CHANNELS.map(channelQueueController)],
  providers: [
    Transactions,
    SubscriptionSubscribers,
    AllSubscribers,
    { provide: Subscribers, useExisting: AllSubscribers },
    LanesRepository,
    DeliveriesRepository,
    DeadDeliveriesRepository,
    ReplayDeliveriesRepository,
    DestinationsRepository,
    DeliveryQueue,
    Dispatcher,
    Settling,
    Departures,
    Courier,
    Channels,
    WebhookChannel,
    EventBridgeClients,
    EventBridgeChannel,
    EventGridChannel,
    DeliveriesService,
    DeliveriesToPeople,
  ],
  exports: [
    AllSubscribers,
    Channels,
    DeliveriesRepository,
    DeliveriesToPeople,
    DeadDeliveriesRepository,
    ReplayDeliveriesRepository,
  ],
})
export class DeliveryModule {
  constructor(
    channels: Channels,
    webhook: WebhookChannel,
    eventBridge: EventBridgeChannel,
    eventGrid: EventGridChannel,
  ) {
    for (const channel of [webhook, eventBridge, eventGrid]) channels.add(channel);
  }
}
