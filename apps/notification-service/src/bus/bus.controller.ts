import { Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { answer, type Answer, Endpoint, mapPage, type Page } from '#http';
import { UsherError } from '#kernel';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { readBatch } from './batch.js';
import {
  archivedEventSchema,
  eventId,
  eventQuery,
  eventsQuery,
  type ItemResult,
  presentArchived,
  presentOutcome,
  presentRefusal,
  type Published,
  publishedSchema,
} from './bus.dto.js';
import { toCloudEvent } from './cloud-event.js';
import { TakesEvents } from './event-bodies.js';
import { readEventRequest } from './http-binding.js';
import { PublishingService } from './publishing.service.js';
import { isRecord, type RawEvent } from './raw-event.js';

@ApiTags('Bus')
@Controller('v1/bus/events')
export class BusController {
  constructor(
    private readonly publishing: PublishingService,
    private readonly archive: ArchiveRepository,
  ) {}

  @Post()
  @Endpoint({
    summary: 'Publish an event, or a batch of them',
    description: [
      'By the HTTP binding of CloudEvents 1.0, in binary, structured or batched mode. An event takes up to 64 KiB as JSON,',
      'with the `traceparent`, `correlationid` and `dataschema` that Usher adds where they are missing.',
      '',
      '202 means durable: it will be on the bus whatever dies. The same `(source, id)` again is accepted and has no effect,',
      'so repeating a request is always safe. A batch that can be read is answered 202 with a result for each item, in',
      'order; an item that is refused has a `problem` instead of `duplicate`, and the others are published all the same.',
    ].join('\n'),
    access: 'admin',
    scope: 'bus:publish',
    status: 202,
    answers: publishedSchema,
    answerDescription: 'Accepted for good',
    errors: ['forbidden', 'schema-mismatch', 'payload-too-large', 'unsupported-media-type', 'validation-failed'],
    // The identity of an event does what the key would do, and outlives it.
    notKept: true,
  })
  @TakesEvents()
  async publish(@Req() request: FastifyRequest): Promise<Published> {
    const reading = readEventRequest(request);
    return reading.mode === 'batch' ? this.publishBatch(reading.items) : this.publishOne(reading.event);
  }

  @Get()
  @Endpoint({
    summary: 'Events that have been on the bus, oldest first',
    access: 'admin',
    scope: 'bus:read',
    answersPageOf: archivedEventSchema,
  })
  async list(
    @Query({ schema: eventsQuery }) query: z.infer<typeof eventsQuery>,
  ): Promise<Page<z.infer<typeof archivedEventSchema>>> {
    return mapPage(await this.archive.list(query), presentArchived);
  }

  @Get(':id')
  @Endpoint({
    summary: 'One event that has been on the bus',
    description: 'An id is unique within its source only: `source` says which is meant.',
    access: 'admin',
    scope: 'bus:read',
    answers: archivedEventSchema,
    errors: ['not-found'],
  })
  async get(
    @Param('id', { schema: eventId }) id: string,
    @Query({ schema: eventQuery }) { source }: z.infer<typeof eventQuery>,
  ): Promise<Answer<z.infer<typeof archivedEventSchema>>> {
    const event = await this.archive.find(id, source);
    if (event === undefined) throw new UsherError('not-found', 'There is no such event.');
    return answer(presentArchived(event), { version: event._id });
  }

  private async publishOne(raw: RawEvent): Promise<Published> {
    const [outcome] = await this.publishing.publish([toCloudEvent(raw)]);
    if (outcome === undefined) throw new Error('The event has no outcome.');
    if ('refused' in outcome) throw outcome.refused;
    const { id, source } = outcome.event;
    return { id, source, duplicate: outcome.duplicate };
  }

  private async publishBatch(items: readonly unknown[]): Promise<ItemResult[]> {
    const batch = readBatch(items);
    const events = batch.flatMap((item) => ('event' in item ? [item.event] : []));
    const outcomes = (await this.publishing.publish(events)).values();
    return batch.map((item) => {
      if ('refused' in item) return presentRefusal(item.refused, isRecord(item.item) ? item.item : {});
      const { value: outcome } = outcomes.next();
      if (outcome === undefined) throw new Error('An event has no outcome.');
      return presentOutcome(outcome);
    });
  }
}
