import { Inject, Injectable } from '@nestjs/common';
import { type Clock, UsherError } from '#kernel';
import { LOGGER, type Logger } from '#observability';
import { Transactions } from '#persistence';
import { CLOCK } from '../config.js';
import { type DeadFilter, DeadDeliveriesRepository } from '../delivery/dead-deliveries.repository.js';
import { type DeadLetterFilter, noSuchDeadLetter, ofDeliveries, ofMessages } from './dead-letter.js';
import type { Somebody } from './messages/dead-message.js';
import { type DeadMessageFilter, DeadMessagesRepository } from './messages/dead-messages.repository.js';
import { Redriver } from './messages/redriver.js';

/** What a redrive is about; of a kind that it is not about at all, undefined. */
interface Scope {
  deliveries: DeadFilter | undefined;
  messages: DeadMessageFilter | undefined;
}

/**
 * Has what was given up tried again. That is decided in one transaction; the work itself begins after it, by whichever
 * instance does it, within a second of the broker's being there.
 */
@Injectable()
export class RedrivesService {
  constructor(
    private readonly deliveries: DeadDeliveriesRepository,
    private readonly messages: DeadMessagesRepository,
    private readonly redriver: Redriver,
    private readonly transactions: Transactions,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Throws `not-found`, and `conflict` for what is not there as a whole. */
  async redrive(id: string, by: Somebody): Promise<void> {
    const redriven = await this.transactions.run(() => this.begin({ deliveries: { id }, messages: { id } }, by));
    if (redriven === 0) throw noSuchDeadLetter();
    this.logger.info({ dead_letter_id: id, redriven, by: by.id }, 'dead_letters.redrive');
  }

  /**
   * All that match, if they are as many as expected; throws `precondition-failed` otherwise, and `conflict` where one of
   * them is not there as a whole.
   */
  async redriveAll(filter: DeadLetterFilter, expected: number, by: Somebody): Promise<number> {
    const scope: Scope = { deliveries: ofDeliveries(filter), messages: ofMessages(filter) };
    const redriven = await this.transactions.run(async () => {
      const count = await this.count(scope, expected + 1);
      if (count !== expected)
        throw new UsherError(
          'precondition-failed',
          `There are ${count > expected ? `more than ${expected}` : count} such dead letters; nothing was redriven.`,
        );
      return this.begin(scope, by);
    });
    this.logger.info({ ...filter, redriven, by: by.id }, 'dead_letters.redrive');
    return redriven;
  }

  /** Within the running transaction. */
  private async count({ deliveries, messages }: Scope, limit: number): Promise<number> {
    const ofDeliveries = deliveries === undefined ? 0 : await this.deliveries.count(deliveries, limit);
    return ofDeliveries + (messages === undefined ? 0 : await this.messages.count(messages, limit));
  }

  /** Within the running transaction. */
  private async begin({ deliveries, messages }: Scope, by: Somebody): Promise<number> {
    const now = this.clock.now();
    const ofDeliveries = deliveries === undefined ? 0 : await this.deliveries.redrive(deliveries, now);
    return ofDeliveries + (messages === undefined ? 0 : await this.redriver.redrive(messages, by, now));
  }
}
