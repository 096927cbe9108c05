import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import { answer, type Answer, Endpoint, Id, IfMatch, mapPage, type Page, Precondition, ResourceId } from '#http';
import { ReplayRequests } from './replay-requests.service.js';
import {
  newReplayBody,
  type NewReplayBody,
  presentReplay,
  type ReplayAnswer,
  replayAnswer,
  replaysQuery,
} from './replays.dto.js';
import { type ReplayProgress, ReplaysService } from './replays.service.js';

const SCOPE = 'subscriptions:write';

const present = (progress: ReplayProgress, location?: string): Answer<ReplayAnswer> => {
  const { outstanding, dead, discarded } = progress.deliveries;
  return answer(presentReplay(progress), {
    version: progress.replay.version,
    revision: `${outstanding}-${dead}-${discarded}`,
    ...(location === undefined ? {} : { location }),
  });
};

@ApiTags('Replays')
@Controller('v1/replays')
export class ReplaysController {
  constructor(
    private readonly requests: ReplayRequests,
    private readonly replays: ReplaysService,
  ) {}

  @Post()
  @Endpoint({
    summary: 'Deliver events of the archive to a subscription once more',
    description:
      'Between two positions or times, both included, and as far as the archive goes by now: those that the subscription ' +
      'wants as it is when they are looked at, in order, one after the other, marked by the header `x-usher-replay`. ' +
      'What happens meanwhile is delivered beside it. While the subscription is paused the replay waits. A dry run only ' +
      'counts. A subscription has one replay running at a time; another is refused with 409.',
    scope: SCOPE,
    status: 202,
    answers: replayAnswer,
    answerDescription: 'The replay has begun',
    errors: ['insufficient-scope', 'not-found', 'conflict'],
  })
  async start(
    @ResourceId() id: string,
    @Body({ schema: newReplayBody }) { from, to, types, ...asked }: NewReplayBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<ReplayAnswer>> {
    const request = { ...asked, types: types ?? null, from: pointOf(from), to: pointOf(to) };
    await this.requests.startReplay(id, request, principal);
    return present(await this.replays.readReplay(id, principal), `/v1/replays/${id}`);
  }

  @Get()
  @Endpoint({
    summary: 'The replays to the caller’s subscriptions, newest first; for an admin everybody’s',
    scope: SCOPE,
    answersPageOf: replayAnswer,
    errors: ['insufficient-scope'],
  })
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: replaysQuery }) query: z.infer<typeof replaysQuery>,
  ): Promise<Page<ReplayAnswer>> {
    return mapPage(await this.replays.listReplays(query, principal), presentReplay);
  }

  @Get(':id')
  @Endpoint({
    summary: 'How far a replay has come',
    scope: SCOPE,
    answers: replayAnswer,
    errors: ['insufficient-scope', 'not-found'],
  })
  async get(@Id() id: string, @CurrentPrincipal() principal: Principal): Promise<Answer<ReplayAnswer>> {
    return present(await this.replays.readReplay(id, principal));
  }

  @Post(':id/cancel')
  @Endpoint({
    summary: 'Cancel a replay',
    description:
      'What it has not delivered is discarded; an attempt that is under way may still arrive. Canceling what is canceled ' +
      'already changes nothing; what is completed cannot be canceled.',
    scope: SCOPE,
    answers: replayAnswer,
    errors: ['insufficient-scope', 'not-found', 'conflict', 'precondition-failed'],
  })
  async cancel(
    @Id() id: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<ReplayAnswer>> {
    await this.replays.cancelReplay(id, { principal, precondition });
    return present(await this.replays.readReplay(id, principal));
  }
}

const pointOf = (point: NewReplayBody['from']): number | Date => (typeof point === 'string' ? new Date(point) : point);
