import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import type { Page, PageRequest } from '#http';
import { type Clock, UsherError } from '#kernel';
import { LOGGER, type Logger } from '#observability';
import { CLOCK } from '../../config.js';
import { WorkflowsRepository } from '../workflows.repository.js';
import { advance, type Run, type RunStatus } from './run.js';
import { RunReports } from './run-reports.js';
import { type RunWithHistory, RunsRepository } from './runs.repository.js';
import { Runner } from './runner.js';

const MAX_TRIES = 5;
/** A run whose history is as long is not tried again: somebody is trying without end. */
const MAX_HISTORY = 1_000;

/** Reading runs, and what operators do about them. */
@Injectable()
export class RunsService {
  constructor(
    private readonly runs: RunsRepository,
    private readonly workflows: WorkflowsRepository,
    private readonly runner: Runner,
    private readonly reports: RunReports,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Newest first, of a workflow that is gone as well. Throws `not-found` where there is neither it nor a run of it. */
  async listRuns(
    workflowId: string,
    { status, ...request }: PageRequest & { status?: RunStatus | undefined },
  ): Promise<Page<Run>> {
    const page = await this.runs.page(workflowId, status, request);
    if (page.data.length === 0 && (await this.workflows.find(workflowId)) === undefined)
      throw new UsherError('not-found', 'There is no such workflow.');
    return page;
  }

  /** Throws `not-found`. */
  async readRun(id: string): Promise<RunWithHistory> {
    const run = await this.runs.find(id);
    if (run === undefined) throw new UsherError('not-found', 'There is no such run.');
    return run;
  }

  /** Has a failed run go on from the step that failed. Throws `conflict` for any other. */
  async retryRun(id: string, { username }: Principal): Promise<RunWithHistory> {
    const run = await this.intervene(id, 'retried', username);
    this.runner.wake();
    return run;
  }

  /** Ends a run, or gives up one that has failed. Throws `conflict` where it is over. */
  cancelRun(id: string, { username }: Principal): Promise<RunWithHistory> {
    return this.intervene(id, 'canceled', username);
  }

  private async intervene(id: string, type: 'retried' | 'canceled', username: string): Promise<RunWithHistory> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      const { run, history } = await this.readRun(id);
      const progress = advance(run, { type, detail: `by ${username}` }, this.clock.now());
      if (progress === undefined || history.length >= MAX_HISTORY)
        throw new UsherError('conflict', `The run is ${run.status}, and cannot be ${type}.`);
      if ((await this.runs.save(progress)) !== undefined) {
        this.logger.info({ run_id: id, workflow_id: run.workflow.id, by: username }, `workflow_run.${type}`);
        this.reports.moved([progress]);
        return this.readRun(id);
      }
    }
    throw new UsherError('conflict', 'The run is going on at the same time.', { retryable: true });
  }
}
