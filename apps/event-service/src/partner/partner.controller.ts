import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Endpoint, type Page, type PageRequest, ResourceId } from '#http';
import type { ErrorCode } from '#kernel';
import { type PartnerEvent, partnerId, type PartnerUser } from './calls/partner-contract.js';
import {
  addPartnerEventBody,
  partnerEventAnswer,
  partnerListQuery,
  type PartnerStatus,
  partnerStatusAnswer,
  partnerUserAnswer,
  toStatusAnswer,
} from './partner.dto.js';
import { PartnerService } from './partner.service.js';

const READING: readonly ErrorCode[] = [
  'partner-unavailable',
  'partner-failed',
  'partner-invalid-answer',
  'partner-timeout',
];

@ApiTags('Partner')
@Controller('v1/partner')
export class PartnerController {
  constructor(private readonly partner: PartnerService) {}

  @Get('users')
  @Endpoint({ summary: 'List the partner’s users', answersPageOf: partnerUserAnswer, errors: READING })
  listUsers(@Query({ schema: partnerListQuery }) query: PageRequest): Promise<Page<PartnerUser>> {
    return this.partner.listUsers(query);
  }

  @Get('events')
  @Endpoint({ summary: 'List the partner’s events', answersPageOf: partnerEventAnswer, errors: READING })
  listEvents(@Query({ schema: partnerListQuery }) query: PageRequest): Promise<Page<PartnerEvent>> {
    return this.partner.listEvents(query);
  }

  @Get('users/:id/events')
  @Endpoint({
    summary: 'List the events of one of the partner’s users',
    description: 'They are fetched one by one, side by side: all that are there, or none where the partner fails.',
    answersPageOf: partnerEventAnswer,
    errors: ['not-found', ...READING],
  })
  listEventsOf(
    @Param('id', { schema: partnerId }) id: string,
    @Query({ schema: partnerListQuery }) query: PageRequest,
  ): Promise<Page<PartnerEvent>> {
    return this.partner.listEventsOf(id, query);
  }

  @Post('events')
  @Endpoint({
    summary: 'Add an event to the partner’s',
    description:
      'Sent once and never repeated. After a 502 or 504 it may have taken effect: repeat it with its `Idempotency-Key`, by which the partner gets the same id again. Three failures within 30 s hold all writes back (503) until the partner is well again.',
    status: 201,
    answers: partnerEventAnswer,
    errors: ['partner-refused', ...READING],
  })
  async addEvent(
    @ResourceId() id: string,
    @Body({ schema: addPartnerEventBody }) body: z.infer<typeof addPartnerEventBody>,
  ): Promise<PartnerEvent> {
    await this.partner.addEvent({ id, ...body });
    return { id, name: body.name, user_id: body.user_id, details: body.details ?? null };
  }

  @Get('status')
  @Endpoint({
    summary: 'Whether the partner is well',
    description: 'As this instance sees it: every instance has a breaker of its own.',
    answers: partnerStatusAnswer,
  })
  readStatus(): PartnerStatus {
    return toStatusAnswer(this.partner.state);
  }
}
