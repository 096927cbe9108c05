import { Controller } from '@nestjs/common';
import { type Delivery, OrderedBatches } from '#messaging';
import { LiveFanout } from '../realtime/live-fanout.js';
import { IntakeService } from './intake.service.js';

/** The bus's way into this service. */
@Controller()
export class IntakeController {
  constructor(
    private readonly intake: IntakeService,
    private readonly fanout: LiveFanout,
  ) {}

  @OrderedBatches('notification-service.intake.v1')
  async take(batch: readonly Delivery[]): Promise<void> {
    this.fanout.announce(await this.intake.commit(batch.map(({ envelope }) => envelope)));
  }
}
