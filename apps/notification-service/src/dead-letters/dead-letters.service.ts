import { Inject, Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '#http';
import { type Clock, UsherError } from '#kernel';
import { LOGGER, type Logger } from '#observability';
import { Transactions } from '#persistence';
import { CLOCK } from '../config.js';
import { type DeadFilter, DeadDeliveriesRepository } from '../delivery/dead-deliveries.repository.js';
import type { Delivery } from '../delivery/delivery.js';
import { DeliveryQueue } from '../delivery/dispatch/delivery-queue.js';

/** What was given up: to be looked at, tried again, or let go of for good. */
@Injectable()
export class DeadLettersService {
  constructor(
    private readonly dead: DeadDeliveriesRepository,
    private readonly queue: DeliveryQueue,
    private readonly transactions: Transactions,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Those that died last come first. */
  async list({ limit, cursor, ...filter }: DeadFilter & PageRequest): Promise<Page<Delivery>> {
    return this.dead.page(filter, { limit, cursor });
  }

  /** Throws `not-found`. */
  async read(id: string): Promise<Delivery> {
    const delivery = await this.dead.find(id);
    if (delivery === undefined) throw notFound();
    return delivery;
  }

  /** Throws `not-found`. */
  async discard(id: string): Promise<void> {
    if (!(await this.dead.discard(id))) throw notFound();
    this.logger.info({ delivery_id: id }, 'dead_letter.discarded');
  }

  /** Its schedule begins anew. Throws `not-found`. */
  async redrive(id: string): Promise<void> {
    const redriven = await this.transactions.run(() => this.dead.redrive({ id }, this.clock.now()));
    if (redriven === 0) throw notFound();
    await this.send({ id }, redriven);
  }

  /** All that match, if they are as many as expected; throws `precondition-failed` otherwise. */
  async redriveAll(filter: DeadFilter, expected: number): Promise<number> {
    const redriven = await this.transactions.run(async () => {
      const count = await this.dead.count(filter, expected + 1);
      if (count !== expected)
        throw new UsherError(
          'precondition-failed',
          `There are ${count > expected ? `more than ${expected}` : count} such dead letters; nothing was redriven.`,
        );
      return this.dead.redrive(filter, this.clock.now());
    });
    await this.send(filter, redriven);
    return redriven;
  }

  /** The first of them go at once; the rest, and all where the broker is away, within a second of its being there. */
  private async send(filter: DeadFilter, redriven: number): Promise<void> {
    this.logger.info({ ...filter, redriven }, 'dead_letters.redriven');
    await this.queue.putDue().catch((error: unknown) => this.logger.warn({ err: error }, 'dead_letters.not_queued'));
  }
}

const notFound = (): UsherError => new UsherError('not-found', 'There is no such dead letter.');
