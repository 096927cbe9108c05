import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, systemClock, UsherError } from '#kernel';
import { ElectedWork, Publisher, redrivenMessage } from '#messaging';
import { LOGGER, type Logger } from '#observability';
import { afterCommit, Leases } from '#persistence';
import { CLOCK } from '../../config.js';
import type { DeadMessage, Somebody } from './dead-message.js';
import { type DeadMessageFilter, DeadMessagesRepository } from './dead-messages.repository.js';

const LEASE = 'dead-letter-redriver';
/** Each may be of several MiB. */
const AT_ONCE = 16;

/**
 * Publishes again what somebody has asked for. A crash between the broker's confirmation and the mark publishes a message
 * twice: consumers drop what they have had by its id.
 */
@Injectable()
export class Redriver implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: ElectedWork;

  constructor(
    private readonly messages: DeadMessagesRepository,
    private readonly publisher: Publisher,
    leases: Leases,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.work = new ElectedWork({
      name: LEASE,
      leases,
      // The clock by which leases are given.
      clock: systemClock,
      logger,
      step: () => this.step(),
      // What another instance was asked for is found by looking, within a second.
      watch: () => ({ close: () => Promise.resolve() }),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }

  /**
   * Has them published again once the running transaction is committed; answers how many. Throws `conflict` where one of
   * them was too large to be kept whole.
   */
  async redrive(filter: DeadMessageFilter, by: Somebody, now: Date): Promise<number> {
    const cut = await this.messages.countCut(filter);
    if (cut > 0)
      throw new UsherError('conflict', 'A message that was too large to be kept whole cannot be published again.');
    afterCommit(() => this.work.wake());
    return this.messages.redrive(filter, by, now);
  }

  private async step(): Promise<boolean> {
    const messages = await this.messages.redriving(AT_ONCE);
    const published = await Promise.allSettled(messages.map((message) => this.publish(message)));
    const failed = published.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return messages.length === AT_ONCE;
  }

  private async publish(message: DeadMessage): Promise<void> {
    const { id, kind, queue, exchange, routing_key, message_id, type, redrives } = message;
    await this.publisher.publish(
      redrivenMessage(message, { queue, exchange, routingKey: routing_key }, { deadLetter: id, number: redrives }),
    );
    await this.messages.markRedriven(message, this.clock.now());
    this.logger.info({ dead_letter_id: id, kind, queue, message_id, type, redrives }, 'dead_letter.redriven');
  }
}
