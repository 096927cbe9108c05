import { Inject, Injectable } from '@nestjs/common';
import { type Keyset, mapPage, mergePages, type Page, type PageRequest } from '#http';
import type { Clock } from '#kernel';
import { LOGGER, type Logger } from '#observability';
import { CLOCK } from '../config.js';
import { DeadDeliveriesRepository } from '../delivery/dead-deliveries.repository.js';
import {
  type DeadLetter,
  type DeadLetterFilter,
  deadSince,
  noSuchDeadLetter,
  ofDeliveries,
  ofMessages,
} from './dead-letter.js';
import type { DeadMessage, Somebody } from './messages/dead-message.js';
import { DeadMessagesRepository } from './messages/dead-messages.repository.js';

const BY_DEATH: Keyset = { field: 'dead_since', direction: -1, type: 'date' };

const NOTHING: Page<DeadLetter> = { data: [], next_cursor: null };

/** What was given up: to be looked at, or let go of for good. */
@Injectable()
export class DeadLettersService {
  constructor(
    private readonly deliveries: DeadDeliveriesRepository,
    private readonly messages: DeadMessagesRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Those that died last come first. */
  async list({ limit, cursor, ...filter }: DeadLetterFilter & PageRequest): Promise<Page<DeadLetter>> {
    const request = { limit, cursor };
    const pages = await Promise.all([this.deadDeliveries(filter, request), this.deadMessages(filter, request)]);
    return mergePages(pages, { keyset: BY_DEATH, limit, keyOf: deadSince });
  }

  /** A message with its content, even if it is done with. Throws `not-found`. */
  async read(id: string): Promise<DeadLetter<DeadMessage>> {
    const delivery = await this.deliveries.find(id);
    if (delivery !== undefined) return { delivery };
    const message = await this.messages.find(id);
    if (message === undefined) throw noSuchDeadLetter();
    return { message };
  }

  /** Throws `not-found`. */
  async discard(id: string, by: Somebody): Promise<void> {
    const discarded = (await this.deliveries.discard(id)) || (await this.messages.discard(id, by, this.clock.now()));
    if (!discarded) throw noSuchDeadLetter();
    this.logger.info({ dead_letter_id: id, by: by.id }, 'dead_letter.discarded');
  }

  private async deadDeliveries(filter: DeadLetterFilter, request: PageRequest): Promise<Page<DeadLetter>> {
    const asked = ofDeliveries(filter);
    if (asked === undefined) return NOTHING;
    return mapPage(await this.deliveries.page(asked, request), (delivery) => ({ delivery }));
  }

  private async deadMessages(filter: DeadLetterFilter, request: PageRequest): Promise<Page<DeadLetter>> {
    const asked = ofMessages(filter);
    if (asked === undefined) return NOTHING;
    return mapPage(await this.messages.page(asked, request), (message) => ({ message }));
  }
}
