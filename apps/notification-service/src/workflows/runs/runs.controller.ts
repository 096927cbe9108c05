import { Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import { answer, type Answer, Endpoint, Id, mapPage, type Page } from '#http';
import {
  listRunsQuery,
  presentRun,
  presentSummary,
  type RunAnswer,
  runAnswer,
  runSummary,
  type RunSummary,
} from './runs.dto.js';
import type { RunWithHistory } from './runs.repository.js';
import { RunsService } from './runs.service.js';

const present = (found: RunWithHistory): Answer<RunAnswer> => answer(presentRun(found), { version: found.run.version });

@ApiTags('Workflows')
@Controller('v1')
export class RunsController {
  constructor(private readonly runs: RunsService) {}

  @Get('workflows/:id/runs')
  @Endpoint({
    summary: 'The runs of a workflow, the latest first',
    description: 'Those of a workflow that has been deleted as well. A run is kept for 30 days after its end.',
    access: 'admin',
    answersPageOf: runSummary,
    errors: ['not-found'],
  })
  async list(
    @Id() id: string,
    @Query({ schema: listRunsQuery }) query: z.infer<typeof listRunsQuery>,
  ): Promise<Page<RunSummary>> {
    return mapPage(await this.runs.listRuns(id, query), presentSummary);
  }

  @Get('workflow-runs/:id')
  @Endpoint({
    summary: 'A run: where it is, what its steps have put out, and its history',
    access: 'admin',
    answers: runAnswer,
    errors: ['not-found'],
  })
  async read(@Id() id: string): Promise<Answer<RunAnswer>> {
    return present(await this.runs.readRun(id));
  }

  @Post('workflow-runs/:id/retry')
  @Endpoint({
    summary: 'Try a failed run again',
    description: 'From the step that has failed, which gets all its attempts anew.',
    access: 'admin',
    status: 202,
    answers: runAnswer,
    errors: ['not-found', 'conflict'],
  })
  async retry(@Id() id: string, @CurrentPrincipal() principal: Principal): Promise<Answer<RunAnswer>> {
    return present(await this.runs.retryRun(id, principal));
  }

  @Post('workflow-runs/:id/cancel')
  @Endpoint({
    summary: 'Cancel a run',
    description:
      'Also one that has failed, to give it up. What it has done is not undone; a step under way may still end.',
    access: 'admin',
    answers: runAnswer,
    errors: ['not-found', 'conflict'],
  })
  async cancel(@Id() id: string, @CurrentPrincipal() principal: Principal): Promise<Answer<RunAnswer>> {
    return present(await this.runs.cancelRun(id, principal));
  }
}
