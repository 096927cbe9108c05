import { Controller, type Type } from '@nestjs/common';
import { type Delivery, EachMessage } from '#messaging';
import { Courier } from './attempts/courier.js';
import type { ChannelName } from './channels/channel.js';
import { Channels } from './channels/channels.js';
import { QUEUES, readDue } from './dispatch/delivery-queue.js';

/** The controller for one channel's due deliveries, as they come from its queue: a class each, as Nest binds by class. */
export function channelQueueController(channel: ChannelName): Type {
  @Controller()
  class ChannelQueueController {
    constructor(
      private readonly courier: Courier,
      private readonly channels: Channels,
    ) {}

    @EachMessage(QUEUES[channel])
    async take({ envelope, redelivered }: Delivery): Promise<void> {
      const { delivery_id, destination } = readDue(envelope);
      await this.courier.attempt(this.channels.named(channel), { id: delivery_id, destination, redelivered });
    }
  }
  return ChannelQueueController;
}
