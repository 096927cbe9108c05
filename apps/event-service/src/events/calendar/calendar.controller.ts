import { Controller, Get, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { answer, type Answer, Endpoint, HTTP_SETTINGS, type HttpSettings, Id } from '#http';
import { toResource } from '../event-resource.js';
import { EventsService } from '../events.service.js';
import { type EventFiltersQuery, eventFiltersQuery } from '../list/events.query.js';
import { calendarOf } from './calendar.js';
import { CalendarFeed, MOST_EVENTS, PAST_DAYS } from './calendar-feed.js';

@ApiTags('Events')
@Controller('v1')
export class CalendarController {
  constructor(
    private readonly events: EventsService,
    private readonly calendars: CalendarFeed,
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
  ) {}

  @Get('events/:id.ics')
  @Endpoint({
    summary: 'Get an event for a calendar',
    description:
      'An iCalendar object (RFC 5545). A canceled event says so; its `UID` stays and its `SEQUENCE` counts on.',
    access: 'anyone',
    answersText: 'text/calendar',
    errors: ['not-found'],
  })
  async get(@Id() id: string): Promise<Answer<string>> {
    const state = await this.events.getEvent(id);
    const headers = { 'Content-Disposition': `inline; filename="${id}.ics"` };
    return answer(calendarOf(toResource(state), this.settings.publicUrl), { version: state.version, headers });
  }

  @Get('events.ics')
  @Endpoint({
    summary: 'List events for a calendar',
    description: [
      'An iCalendar object (RFC 5545) to subscribe to, of the same events as the list, without pages:',
      `the first ${MOST_EVENTS.toLocaleString('en')} in the order asked for.`,
      `Where neither \`starts_after\` nor \`starts_before\` is given, it begins ${PAST_DAYS} days ago.`,
    ].join(' '),
    access: 'anyone',
    answersText: 'text/calendar',
  })
  async list(@Query({ schema: eventFiltersQuery }) filters: EventFiltersQuery): Promise<StreamableFile> {
    return new StreamableFile(await this.calendars.open(filters), { disposition: 'inline; filename="events.ics"' });
  }
}
