import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import {
  answer,
  type Answer,
  type AnswerHead,
  Endpoint,
  Id,
  IfMatch,
  mapPage,
  type Page,
  type PageRequest,
  Precondition,
  ResourceId,
} from '#http';
import type { Workflow } from './workflow.js';
import {
  listWorkflowsQuery,
  newWorkflowBody,
  patchWorkflowBody,
  presentWorkflow,
  type WorkflowAnswer,
  workflowAnswer,
} from './workflows.dto.js';
import { WorkflowsService } from './workflows.service.js';

const present = (workflow: Workflow, head: AnswerHead = {}): Answer<WorkflowAnswer> =>
  answer(presentWorkflow(workflow), { version: workflow.version, ...head });

@ApiTags('Workflows')
@Controller('v1/workflows')
export class WorkflowsController {
  constructor(private readonly workflows: WorkflowsService) {}

  @Post()
  @Endpoint({
    summary: 'Make a workflow',
    description:
      'Each event that is archived from now on and matches the trigger begins a run: one step after the other, as ' +
      '`docs/workflows.md` explains. Texts may have expressions of CEL in `${…}`, about `event`, `steps` and `run`.',
    access: 'admin',
    status: 201,
    answers: workflowAnswer,
    errors: ['conflict'],
  })
  async create(
    @ResourceId() id: string,
    @Body({ schema: newWorkflowBody }) body: z.infer<typeof newWorkflowBody>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<WorkflowAnswer>> {
    const workflow = await this.workflows.createWorkflow(id, body, principal);
    return present(workflow, { location: `/v1/workflows/${id}` });
  }

  @Get()
  @Endpoint({ summary: 'All workflows, oldest first', access: 'admin', answersPageOf: workflowAnswer })
  async list(@Query({ schema: listWorkflowsQuery }) query: PageRequest): Promise<Page<WorkflowAnswer>> {
    return mapPage(await this.workflows.listWorkflows(query), (workflow) => presentWorkflow(workflow));
  }

  @Get(':id')
  @Endpoint({ summary: 'Get a workflow', access: 'admin', answers: workflowAnswer, errors: ['not-found'] })
  async read(@Id() id: string): Promise<Answer<WorkflowAnswer>> {
    return present(await this.workflows.readWorkflow(id));
  }

  @Patch(':id')
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @Endpoint({
    summary: 'Change a workflow',
    description: 'Its next version is for runs that begin from now on; those under way go on as they began.',
    access: 'admin',
    answers: workflowAnswer,
    errors: ['not-found', 'precondition-failed'],
  })
  async patch(
    @Id() id: string,
    @Body({ schema: patchWorkflowBody }) patch: z.infer<typeof patchWorkflowBody>,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<WorkflowAnswer>> {
    return present(await this.workflows.changeWorkflow(id, patch, precondition));
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Delete a workflow',
    description: 'No run begins any more. Those under way go on to their end, unless they are canceled.',
    access: 'admin',
    errors: ['not-found', 'precondition-failed'],
  })
  async delete(@Id() id: string, @IfMatch() precondition: Precondition): Promise<void> {
    await this.workflows.deleteWorkflow(id, precondition);
  }
}
