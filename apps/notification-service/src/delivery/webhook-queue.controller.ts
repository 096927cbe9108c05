import { Controller, Inject } from '@nestjs/common';
import type { Clock } from '#kernel';
import { type Delivery, EachMessage } from '#messaging';
import { CLOCK } from '../config.js';
import { Courier } from './attempts/courier.js';
import { Slots } from './attempts/slots.js';
import { WebhookChannel } from './channels/webhook/webhook.channel.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { QUEUES, readDue } from './dispatch/delivery-queue.js';

/** How long those without a slot wait at most before they ask again. */
const LONGEST_DEFERRAL_MS = 10_000;

/** Due webhooks, as they come from their queue. */
@Controller()
export class WebhookQueueController {
  private readonly slots = new Slots();

  constructor(
    private readonly courier: Courier,
    private readonly channel: WebhookChannel,
    private readonly deliveries: DeliveriesRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @EachMessage(QUEUES.webhook)
  async take({ envelope }: Delivery): Promise<void> {
    const { delivery_id, destination } = readDue(envelope);
    const had = await this.slots.run(destination, () => this.courier.attempt(this.channel, delivery_id));
    if (!had) await this.deliveries.defer(delivery_id, (deferrals) => this.later(deferrals));
  }

  private later(deferrals: number): Date {
    return new Date(this.clock.now().getTime() + Math.min(1_000 * 2 ** deferrals, LONGEST_DEFERRAL_MS));
  }
}
