import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import { CLOCK } from '../../../config.js';
import { WEBHOOK_RETRIES } from '../../attempts/retry-policy.js';
import type { Channel, Outcome, Shipment } from '../channel.js';
import { outcomeOf, outcomeOfError } from './answer.js';
import { entryOf, regionOf } from './entry.js';
import { EventBridgeClients } from './eventbridge-clients.js';

/** Events put on a bus of Amazon EventBridge, one in each request: what fails then concerns one delivery. */
@Injectable()
export class EventBridgeChannel implements Channel {
  readonly name = 'eventbridge';
  readonly retries = WEBHOOK_RETRIES;
  readonly breaks = true;

  constructor(
    @Inject(EventBridgeClients) private readonly clients: Pick<EventBridgeClients, 'of'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async deliver(shipment: Shipment, signal: AbortSignal): Promise<Outcome> {
    const command = new PutEventsCommand({ Entries: [entryOf(shipment)] });
    try {
      return outcomeOf(await this.clients.of(regionOf(shipment.sink)).send(command, { abortSignal: signal }));
    } catch (error) {
      return outcomeOfError(error, signal, this.clock.now());
    }
  }
}
