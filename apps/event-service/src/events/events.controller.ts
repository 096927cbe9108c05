import { Body, Controller, Delete, Get, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import type { EventResource } from '#contracts';
import {
  answer,
  type Answer,
  Endpoint,
  Id,
  IfMatch,
  mapPage,
  type Page,
  pageQuery,
  type PageRequest,
  Precondition,
  ResourceId,
} from '#http';
import type { EventState } from './event.js';
import { EventHistory, type HistoryEntry, historyEntry } from './history/event-history.js';
import { toResource } from './event-resource.js';
import { createEventBody, eventAnswer, patchEventBody, replaceEventBody } from './events.dto.js';
import { listEventsQuery, type ListEventsQuery } from './list/events.query.js';
import { EventsService } from './events.service.js';

const historyQuery = z.strictObject(pageQuery);

const present = (state: EventState, location?: string): Answer<EventResource> =>
  answer(toResource(state), {
    version: state.version,
    revision: state.seats_version,
    ...(location === undefined ? {} : { location }),
  });

@ApiTags('Events')
@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly events: EventsService,
    private readonly history: EventHistory,
  ) {}

  @Post()
  @Endpoint({ summary: 'Create an event', status: 201, answers: eventAnswer, errors: ['forbidden'] })
  async create(
    @ResourceId() id: string,
    @Body({ schema: createEventBody }) body: z.infer<typeof createEventBody>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<EventResource>> {
    const state = await this.events.createEvent(id, body, principal);
    return present(state, `/v1/events/${state.id}`);
  }

  @Get()
  @Endpoint({
    summary: 'List events',
    description: 'Every condition narrows the list. Pages stay stable while events are created.',
    access: 'anyone',
    answersPageOf: eventAnswer,
  })
  async list(@Query({ schema: listEventsQuery }) query: ListEventsQuery): Promise<Page<EventResource>> {
    return mapPage(await this.events.listEvents(query), toResource);
  }

  @Get(':id')
  @Endpoint({ summary: 'Get an event', access: 'anyone', answers: eventAnswer, errors: ['not-found'] })
  async get(@Id() id: string): Promise<Answer<EventResource>> {
    return present(await this.events.getEvent(id));
  }

  @Patch(':id')
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @Endpoint({
    summary: 'Change some members of an event',
    description:
      'JSON Merge Patch (RFC 7396): `null` removes an optional member. A patch that changes nothing leaves the version as it is.',
    answers: eventAnswer,
    errors: ['forbidden', 'not-found', 'capacity-below-booked', 'event-not-scheduled', 'precondition-failed'],
  })
  async patch(
    @Id() id: string,
    @Body({ schema: patchEventBody }) body: z.infer<typeof patchEventBody>,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<EventResource>> {
    return present(await this.events.patchEvent(id, body, { principal, precondition }));
  }

  @Put(':id')
  @Endpoint({
    summary: 'Replace an event',
    description: 'Optional members that are left out are removed; only the status stays where it is left out.',
    answers: eventAnswer,
    errors: ['forbidden', 'not-found', 'capacity-below-booked', 'event-not-scheduled', 'precondition-failed'],
  })
  async replace(
    @Id() id: string,
    @Body({ schema: replaceEventBody }) body: z.infer<typeof replaceEventBody>,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<EventResource>> {
    return present(await this.events.replaceEvent(id, body, { principal, precondition }));
  }

  @Delete(':id')
  @Endpoint({ summary: 'Delete an event', status: 204, errors: ['forbidden', 'not-found', 'precondition-failed'] })
  async delete(
    @Id() id: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<void> {
    await this.events.deleteEvent(id, { principal, precondition });
  }

  @Post(':id/cancel')
  @Endpoint({
    summary: 'Cancel an event',
    description: 'Canceling what is canceled already changes nothing.',
    answers: eventAnswer,
    errors: ['forbidden', 'not-found', 'event-not-scheduled', 'precondition-failed'],
  })
  async cancel(
    @Id() id: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<EventResource>> {
    return present(await this.events.cancelEvent(id, { principal, precondition }));
  }

  @Get(':id/history')
  @Endpoint({
    summary: 'What has happened to an event',
    description: 'The entries of its log, oldest first; also when the event is deleted.',
    answersPageOf: historyEntry,
    errors: ['forbidden', 'not-found'],
  })
  readHistory(
    @Id() id: string,
    @Query({ schema: historyQuery }) query: PageRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<HistoryEntry>> {
    return this.history.read(id, principal, query);
  }
}
