import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger, Metrics } from '#observability';
import type { Outcome } from '../effects/outcome.js';
import type { Step } from '../workflow.js';
import type { Progress, Run } from './run.js';

/** What operators see of runs: one log line per outcome, and counts. */
@Injectable()
export class RunReports {
  constructor(
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  began(runs: readonly Run[]): void {
    this.metrics.count('usher_workflow_runs_started_total', {}, runs.length);
    for (const run of runs) this.logger.info({ ...idsOf(run), position: run.position }, 'workflow_run.started');
  }

  refused(workflowId: string, position: number): void {
    this.logger.warn({ workflow_id: workflowId, position }, 'workflow_run.too_deep');
  }

  followed(position: number): void {
    this.metrics.set('usher_workflow_position', {}, position);
  }

  performed(
    run: Run,
    { id: step, kind }: Step,
    { outcome, milliseconds }: { outcome: Outcome; milliseconds: number },
  ): void {
    this.metrics.count('usher_workflow_steps_total', { kind, outcome: outcome.kind });
    const { kind: name, detail } = outcome;
    const duration = Math.round(milliseconds);
    this.logger.info(
      { ...idsOf(run), step, kind, outcome: name, detail, duration_ms: duration },
      'workflow_step.performed',
    );
  }

  /** Tells of those that it has brought to an end. */
  moved(progress: readonly Progress[]): void {
    for (const { run } of progress) {
      if (run.finished_at === null) continue;
      this.metrics.count('usher_workflow_runs_finished_total', { outcome: run.status });
      const duration = run.finished_at.getTime() - run.started_at.getTime();
      this.logger.info({ ...idsOf(run), outcome: run.status, duration_ms: duration }, 'workflow_run.finished');
    }
  }
}

const idsOf = ({ id, workflow }: Run): { run_id: string; workflow_id: string } => ({
  run_id: id,
  workflow_id: workflow.id,
});
