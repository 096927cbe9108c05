import { Inject, Injectable } from '@nestjs/common';
import { type Clock, newId } from '#kernel';
import { isQueue, type RawMessage } from '#messaging';
import { LOGGER, type Logger, Metrics } from '#observability';
import { Transactions } from '#persistence';
import { CLOCK } from '../../config.js';
import { arrivalOf } from './arrival.js';
import { type Arrival, fileAgain, fileNew, type MessageKind } from './dead-message.js';
import { DeadMessagesRepository } from './dead-messages.repository.js';

interface Filed {
  id: string;
  outcome: 'filed' | 'again' | 'known';
}

/** Keeps what could not be processed, or what nobody wanted, where people see it. */
@Injectable()
export class FilingService {
  constructor(
    private readonly messages: DeadMessagesRepository,
    private readonly transactions: Transactions,
    private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Has it committed by a majority when this resolves. The same once more has no effect. */
  async file(kind: MessageKind, message: RawMessage): Promise<void> {
    const arrival = arrivalOf(kind, message);
    const { id, outcome } = await this.transactions.run(() => this.keep(arrival));
    const { queue, reason, message_id, type, size } = arrival;
    // Anybody may have written the queue's name.
    const label = queue === null ? 'none' : isQueue(queue) ? queue : 'unknown';
    if (outcome !== 'known') this.metrics.count('usher_dead_letters_filed_total', { kind, queue: label });
    this.logger.warn({ dead_letter_id: id, outcome, kind, queue, reason, message_id, type, size }, 'dead_letter.filed');
  }

  private async keep(arrival: Arrival): Promise<Filed> {
    const now = this.clock.now();
    const known = await this.messages.findCopy(arrival.fingerprint);
    if (known === undefined) {
      const message = fileNew(arrival, newId(now), now);
      await this.messages.insert(message);
      return { id: message.id, outcome: 'filed' };
    }
    const changes = fileAgain(known, arrival, now);
    if (changes !== undefined) await this.messages.refile(known.id, changes);
    return { id: known.id, outcome: changes === undefined ? 'known' : 'again' };
  }
}
