import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '#auth';
import { answer, type Answer, Endpoint, Id, type Page, PrefersText } from '#http';
import { GuestList } from './guest-list.js';
import { guestAnswer, type GuestListQuery, guestListQuery, type GuestResource } from './guest-list.dto.js';

/** How to reach people is nothing for a cache. */
const NOT_STORED = { 'Cache-Control': 'no-store' };

@ApiTags('Bookings')
@Controller('v1/events')
export class GuestListController {
  constructor(private readonly guests: GuestList) {}

  @Get(':id/attendees')
  @Endpoint({
    summary: 'List who attends an event',
    description:
      'With how to reach them, in the order in which they booked; for the creator of the event and admins. With `Accept: text/csv` all of them at once, without pages, for a spreadsheet: an apostrophe stands before what that could take for a formula, a telephone number’s `+` among it.',
    answersPageOf: guestAnswer,
    answersText: 'text/csv; header=present',
    errors: ['forbidden', 'not-found'],
  })
  async list(
    @Id() eventId: string,
    @Query({ schema: guestListQuery }) query: GuestListQuery,
    @CurrentPrincipal() principal: Principal,
    @PrefersText() asText: boolean,
  ): Promise<Answer<Page<GuestResource> | StreamableFile>> {
    if (!asText) return answer(await this.guests.page(eventId, query, principal), { headers: NOT_STORED });
    const disposition = `attachment; filename="attendees-${eventId}.csv"`;
    const file = new StreamableFile(await this.guests.csv(eventId, query, principal), { disposition });
    return answer(file, { headers: NOT_STORED });
  }
}
