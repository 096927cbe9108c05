import { Controller, type Type } from '@nestjs/common';
import { type Delivery, EachMessage } from '#messaging';
import { Courier } from './attempts/courier.js';
import { Settling } from './attempts/settling.js';
import { Slots } from './attempts/slots.js';
import type { ChannelName } from './channels/channel.js';
import { Channels } from './channels/channels.js';
import { QUEUES, readDue } from './dispatch/delivery-queue.js';

/** The controller for one channel's due deliveries, as they come from its queue: a class each, as Nest binds by class. */
export function channelQueueController(channel: ChannelName): Type {
  @Controller()
  class ChannelQueueController {
    private readonly slots = new Slots();

    constructor(
      private readonly courier: Courier,
      private readonly channels: Channels,
      private readonly settling: Settling,
    ) {}

    @EachMessage(QUEUES[channel])
    async take({ envelope, redelivered }: Delivery): Promise<void> {
      const { delivery_id, destination } = readDue(envelope);
      const way = this.channels.named(channel);
      const had = await this.slots.run(destination, () => this.courier.attempt(way, { id: delivery_id, redelivered }));
      if (!had) await this.settling.defer(delivery_id);
    }
  }
  return ChannelQueueController;
}
