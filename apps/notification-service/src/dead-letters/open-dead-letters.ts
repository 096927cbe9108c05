import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LOGGER, type Logger, Metrics } from '#observability';
import { DeadDeliveriesRepository } from '../delivery/dead-deliveries.repository.js';
import { DEAD_LETTER_KINDS, ofDeliveries, ofMessages } from './dead-letter.js';
import { DeadMessagesRepository } from './messages/dead-messages.repository.js';

const INTERVAL_MS = 15_000;
const COUNTED_TO = 100_000;

/** Tells by a gauge how many dead letters wait for somebody; every instance tells the same. */
@Injectable()
export class OpenDeadLetters implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly deliveries: DeadDeliveriesRepository,
    private readonly messages: DeadMessagesRepository,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const sample = (): void => {
      this.sample().catch((error: unknown) => this.logger.warn({ err: error }, 'dead_letters.not_counted'));
    };
    this.timer = setInterval(sample, INTERVAL_MS).unref();
    sample();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async sample(): Promise<void> {
    for (const kind of DEAD_LETTER_KINDS) {
      const [deliveries, messages] = [ofDeliveries({ kind }), ofMessages({ kind })];
      const ofThese = deliveries === undefined ? 0 : await this.deliveries.count(deliveries, COUNTED_TO);
      const ofThose = messages === undefined ? 0 : await this.messages.count(messages, COUNTED_TO);
      this.metrics.set('usher_dead_letters_open', { kind }, ofThese + ofThose);
    }
  }
}
