import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { LeasesModule, Transactions, Turns } from '#persistence';
import { ArchiveModule } from '../archive/archive.module.js';
import { BusModule } from '../bus/bus.module.js';
import { SubscriptionsModule } from '../subscriptions/subscriptions.module.js';
import { HttpCalls } from './effects/call.js';
import { Effects } from './effects/effects.js';
import { Follower } from './runs/follower.js';
import { RunReports } from './runs/run-reports.js';
import { Runner } from './runs/runner.js';
import { RunsController } from './runs/runs.controller.js';
import { RunsRepository } from './runs/runs.repository.js';
import { RUN, runSchema } from './runs/runs.schema.js';
import { RunsService } from './runs/runs.service.js';
import { Triggers } from './runs/triggers.js';
import { Waits } from './runs/waits.js';
import { WorkflowSecrets } from './workflow-secrets.js';
import { WorkflowsController } from './workflows.controller.js';
import { WorkflowsRepository } from './workflows.repository.js';
import { WORKFLOW, workflowSchema, WORKFLOWS_HEAD, workflowsHeadSchema } from './workflows.schema.js';
import { WorkflowsService } from './workflows.service.js';

/** Rules on events, and their runs. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: WORKFLOW, schema: workflowSchema },
      { name: WORKFLOWS_HEAD, schema: workflowsHeadSchema },
      { name: RUN, schema: runSchema },
    ]),
    ArchiveModule,
    BusModule,
    LeasesModule,
    SubscriptionsModule,
  ],
  controllers: [WorkflowsController, RunsController],
  providers: [
    Transactions,
    { provide: Turns, useFactory: () => new Turns() },
    WorkflowsRepository,
    WorkflowSecrets,
    WorkflowsService,
    RunsRepository,
    RunReports,
    HttpCalls,
    Effects,
    Runner,
    Triggers,
    Waits,
    Follower,
    RunsService,
  ],
})
export class WorkflowsModule {}
