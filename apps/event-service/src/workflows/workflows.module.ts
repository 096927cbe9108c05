import { Module } from '@nestjs/common';
import { Reactions } from './reactions.js';
import { WorkflowsController } from './workflows.controller.js';

/** Reactions to the service's own log, over the bus, so that they survive a crash. */
@Module({
  controllers: [WorkflowsController],
  providers: [Reactions],
  exports: [Reactions],
})
export class WorkflowsModule {}
