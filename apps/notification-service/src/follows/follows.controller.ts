import { Controller, Delete, Get, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import { Endpoint, Id, mapPage, type Page } from '#http';
import { followSchema, followsQuery, presentFollow } from './follows.dto.js';
import { FollowsService } from './follows.service.js';

@ApiTags('Following')
@Controller('v1/follows')
export class FollowsController {
  constructor(private readonly follows: FollowsService) {}

  @Get()
  @Endpoint({ summary: 'The events that the caller follows, newest first', answersPageOf: followSchema })
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: followsQuery }) query: z.infer<typeof followsQuery>,
  ): Promise<Page<z.infer<typeof followSchema>>> {
    return mapPage(await this.follows.list(principal.id, query), presentFollow);
  }

  @Put(':event_id')
  @Endpoint({
    summary: 'Follow an event',
    description:
      'From now on the caller is told of its updates, cancellation, completion and deletion, and reminded before it ' +
      'begins. Whoever books an event follows it until their last booking of it is canceled; whoever has asked for ' +
      'it here goes on following. Idempotent.',
    answers: followSchema,
    errors: ['not-found'],
  })
  async follow(
    @CurrentPrincipal() principal: Principal,
    @Id('event_id') eventId: string,
  ): Promise<z.infer<typeof followSchema>> {
    return presentFollow(await this.follows.follow(principal.id, eventId));
  }

  @Delete(':event_id')
  @Endpoint({
    summary: 'Stop following an event',
    description: 'Until the next booking of it; canceling an earlier one makes no difference. Idempotent.',
    errors: ['not-found'],
  })
  async unfollow(@CurrentPrincipal() principal: Principal, @Id('event_id') eventId: string): Promise<void> {
    await this.follows.unfollow(principal.id, eventId);
  }
}
