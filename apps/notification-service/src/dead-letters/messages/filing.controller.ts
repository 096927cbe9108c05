import { Controller } from '@nestjs/common';
import { EachRawMessage, type RawMessage } from '#messaging';
import { FilingService } from './filing.service.js';
import { PARKED, UNROUTED } from './last-queues.js';

/** Takes what ends up in the last queues, from any service. */
@Controller()
export class FilingController {
  constructor(private readonly filing: FilingService) {}

  @EachRawMessage(PARKED)
  async parked(message: RawMessage): Promise<void> {
    await this.filing.file('parked', message);
  }

  @EachRawMessage(UNROUTED)
  async unrouted(message: RawMessage): Promise<void> {
    await this.filing.file('unrouted', message);
  }
}
