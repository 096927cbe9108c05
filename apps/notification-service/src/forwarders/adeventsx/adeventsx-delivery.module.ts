import { Module } from '@nestjs/common';
import { AllSubscribers } from '../../delivery/all-subscribers.js';
import { Channels } from '../../delivery/channels/channels.js';
import { DeliveryModule } from '../../delivery/delivery.module.js';
import { AdEventsXReceiver } from './adeventsx-receiver.js';
import { AdEventsXChannel } from './adeventsx.channel.js';

/** AdEventsX as the delivery engine knows it: a channel, and a receiver that is built in. */
@Module({
  imports: [DeliveryModule],
  providers: [AdEventsXChannel, AdEventsXReceiver],
})
export class AdEventsXDeliveryModule {
  constructor(channels: Channels, channel: AdEventsXChannel, subscribers: AllSubscribers, receiver: AdEventsXReceiver) {
    channels.add(channel);
    subscribers.add(receiver);
  }
}
