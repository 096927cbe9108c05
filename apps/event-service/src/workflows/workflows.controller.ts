import { Controller } from '@nestjs/common';
import { type Delivery, OrderedBatches } from '#messaging';
import { Reactions } from './reactions.js';

/** What this service has said, back from the bus. */
@Controller()
export class WorkflowsController {
  constructor(private readonly reactions: Reactions) {}

  @OrderedBatches('event-service.workflows.v1')
  async take(batch: readonly Delivery[]): Promise<void> {
    await this.reactions.react(batch.map(({ envelope }) => envelope));
  }
}
