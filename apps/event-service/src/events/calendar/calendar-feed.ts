import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { HTTP_SETTINGS, type HttpSettings, type Page } from '#http';
import type { Clock } from '#kernel';
import { CLOCK } from '../../config.js';
import type { EventState } from '../event.js';
import { toResource } from '../event-resource.js';
import { EventsService } from '../events.service.js';
import type { EventFiltersQuery, ListEventsQuery } from '../list/events.query.js';
import { CalendarWriter } from './calendar.js';

/** Enough for a calendar that people look at. */
export const MOST_EVENTS = 1_000;
const PAGE = 100;

/** An address that is subscribed to cannot move on by itself; so the past leaves the calendar, not the future. */
export const PAST_DAYS = 30;
const DAY_MS = 86_400_000;

/** Many events as one calendar, read and written page by page: neither is ever in memory as a whole. */
@Injectable()
export class CalendarFeed {
  constructor(
    private readonly events: EventsService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
  ) {}

  /** The calendar as a stream of text. What fails at once is thrown before anything is sent. */
  async open(filters: EventFiltersQuery): Promise<Readable> {
    const query = { ...this.withBeginning(filters), limit: PAGE };
    const first = await this.events.listEvents(query);
    return Readable.from(this.write(query, first));
  }

  private withBeginning(filters: EventFiltersQuery): EventFiltersQuery {
    if (filters.starts_after !== undefined || filters.starts_before !== undefined) return filters;
    return { ...filters, starts_after: new Date(this.clock.now().getTime() - PAST_DAYS * DAY_MS) };
  }

  private async *write(query: ListEventsQuery, first: Page<EventState>): AsyncGenerator<string> {
    const calendar = new CalendarWriter(this.settings.publicUrl, 'Usher');
    yield calendar.begin();
    let page = first;
    for (let count = PAGE; ; count += PAGE) {
      yield page.data.map((state) => calendar.event(toResource(state))).join('');
      if (page.next_cursor === null || count === MOST_EVENTS) break;
      page = await this.events.listEvents({ ...query, cursor: page.next_cursor });
    }
    yield calendar.end();
  }
}
