import { Inject, Injectable } from '@nestjs/common';
import { type Clock, UsherError } from '#kernel';
import { PublishingService } from '../../bus/publishing.service.js';
import { CLOCK, CONFIG, type Config } from '../../config.js';
import { DeliveriesRepository } from '../../delivery/deliveries.repository.js';
import type { Delivery } from '../../delivery/delivery.js';
import type { AdEvent } from './ad-event.js';
import { eventIn, type ForwardingStatus, RECEIVER_ID, requestOf, SOURCE, statusOf } from './forwarding.js';

/** An event on its way to AdEventsX. */
export interface Forwarding {
  event: AdEvent;
  status: ForwardingStatus;
  /** Undefined until the engine has made it. */
  delivery: Delivery | undefined;
}

/** Forwarding by way of the bus, so that what is accepted is sent whatever dies, and once whichever instance is asked. */
@Injectable()
export class AdEventsXService {
  constructor(
    private readonly publishing: PublishingService,
    private readonly deliveries: DeliveriesRepository,
    @Inject(CONFIG) private readonly config: Pick<Config, 'ADEVENTSX_URL'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Accepts an event for good; one whose id was accepted before stays as it was, and `accepted` is false. Throws
   * `unavailable` where nobody has said where AdEventsX is.
   */
  async forward(event: AdEvent): Promise<{ accepted: boolean; status: ForwardingStatus }> {
    if (this.config.ADEVENTSX_URL === undefined)
      throw new UsherError('unavailable', 'Nobody has said where AdEventsX is: ADEVENTSX_URL is not set.');
    const known = await this.publishing.publishOwn(requestOf(event, this.clock.now()));
    if (!known) return { accepted: true, status: 'queued' };
    const { status } = await this.read(event.event_id);
    return { accepted: false, status };
  }

  /** Throws `not-found`. */
  async read(eventId: string): Promise<Forwarding> {
    const request = await this.publishing.find({ source: SOURCE, id: eventId });
    if (request === undefined) throw new UsherError('not-found', 'No event of that id was given to be forwarded.');
    const { event, position } = request;
    const delivery = position === null ? undefined : await this.deliveries.ofEvent(RECEIVER_ID, position);
    return { event: eventIn(event), status: statusOf(delivery), delivery };
  }
}
