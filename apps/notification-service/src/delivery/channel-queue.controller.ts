import { Controller, Inject, type Type } from '@nestjs/common';
import type { Clock } from '#kernel';
import { type Delivery, EachMessage } from '#messaging';
import { CLOCK } from '../config.js';
import { Courier } from './attempts/courier.js';
import { Slots } from './attempts/slots.js';
import type { ChannelName } from './channels/channel.js';
import { Channels } from './channels/channels.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { QUEUES, readDue } from './dispatch/delivery-queue.js';

/** How long those without a slot wait at most before they ask again. */
const LONGEST_DEFERRAL_MS = 10_000;

/** The controller for one channel's due deliveries, as they come from its queue: a class each, as Nest binds by class. */
export function channelQueueController(channel: ChannelName): Type {
  @Controller()
  class ChannelQueueController {
    private readonly slots = new Slots();

    constructor(
      private readonly courier: Courier,
      private readonly channels: Channels,
      private readonly deliveries: DeliveriesRepository,
      @Inject(CLOCK) private readonly clock: Clock,
    ) {}

    @EachMessage(QUEUES[channel])
    async take({ envelope }: Delivery): Promise<void> {
      const { delivery_id, destination } = readDue(envelope);
      const way = this.channels.named(channel);
      const had = await this.slots.run(destination, () => this.courier.attempt(way, delivery_id));
      if (!had) await this.deliveries.defer(delivery_id, (deferrals) => this.later(deferrals));
    }

    private later(deferrals: number): Date {
      return new Date(this.clock.now().getTime() + Math.min(1_000 * 2 ** deferrals, LONGEST_DEFERRAL_MS));
    }
  }
  return ChannelQueueController;
}
