import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock, Recurrence, UsherError } from '#kernel';
import { continueTrace, LOGGER, type Logger, runInContext } from '#observability';
import { fromMongoError } from '#persistence';
import { ArchiveFeed } from '../../archive/archive-feed.js';
import { CLOCK } from '../../config.js';
import { Effects } from '../effects/effects.js';
import type { Outcome } from '../effects/outcome.js';
import { nextAttempt } from '../effects/retry-policy.js';
import type { Step } from '../workflow.js';
import { advance, machineOf, type Occurrence, type Run, stepOf } from './run.js';
import { RunReports } from './run-reports.js';
import { RunsRepository } from './runs.repository.js';

/** How long a run is one instance's: longer than any attempt takes. */
export const CLAIM_MS = 45_000;
const LOOK_EVERY_MS = 500;
const LANES = 16;
/** After trouble of our own, which is no attempt. */
const POSTPONED_MS = 5_000;

/**
 * Performs the steps of runs that are due, on every instance. A run is claimed by moving the time at which it is due: whoever
 * dies with it gives it up by that. What came of a step is written only over the run as it was claimed.
 */
@Injectable()
export class Runner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly recurrence: Recurrence;
  private readonly lanes = new Set<Promise<void>>();

  constructor(
    private readonly runs: RunsRepository,
    private readonly effects: Effects,
    private readonly archive: ArchiveFeed,
    private readonly reports: RunReports,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.recurrence = new Recurrence(
      () => Promise.resolve(this.wake()),
      (error) => this.logger.warn({ err: error }, 'workflow_runs.not_looked_for'),
    );
  }

  onApplicationBootstrap(): void {
    this.recurrence.start(LOOK_EVERY_MS);
    this.wake();
  }

  /** What is under way is interrupted and given back. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.recurrence.stop();
    await Promise.all(this.lanes);
  }

  /** There may be runs that are due. Cheap, and safe to call at any rate. */
  wake(): void {
    if (this.stopping.signal.aborted || this.lanes.size >= LANES) return;
    const lane = this.work()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'workflow_runs.interrupted'))
      .finally(() => this.lanes.delete(lane));
    this.lanes.add(lane);
  }

  /** One run after the other, until none is due. */
  private async work(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const now = this.clock.now();
      const run = await this.runs.claim(now, new Date(now.getTime() + CLAIM_MS));
      if (run === undefined) return;
      // Where there is one there may be more.
      this.wake();
      await this.inTrace(run, () => this.drive(run));
    }
  }

  /** From step to step, until it has to wait or is over. */
  private async drive(claimed: Run): Promise<void> {
    let run: Run | undefined = claimed;
    while (run?.status === 'running' && !this.stopping.signal.aborted) {
      const step = stepOf(run);
      if (step === undefined) throw new Error(`The run ${run.id} is at no step.`);
      const occurrence = await this.attempt(step, run);
      if (occurrence === undefined) return this.giveBack(run);
      run = await this.settle(run, occurrence);
    }
  }

  /** What came of the step; undefined where that is for another time, for reasons of our own. */
  private async attempt(step: Step, run: Run): Promise<Occurrence | undefined> {
    const started = performance.now();
    const outcome = await this.perform(step, run);
    if (outcome === undefined) return undefined;
    this.reports.performed(run, step, { outcome, milliseconds: performance.now() - started });
    return this.judge(outcome, machineOf(run).attempt);
  }

  private async perform(step: Step, run: Run): Promise<Outcome | undefined> {
    try {
      const scope = await this.scopeOf(run);
      const outcome = await this.effects.perform(step, { run, scope }, this.stopping.signal);
      return outcome.kind === 'again' && this.stopping.signal.aborted ? undefined : outcome;
    } catch (thrown) {
      const error = fromMongoError(thrown);
      const postponed = error instanceof UsherError && error.retryable;
      if (!(error instanceof UsherError) || postponed)
        this.logger.warn({ err: error, run_id: run.id, step: step.id, postponed }, 'workflow_step.interrupted');
      return postponed ? undefined : { kind: 'failed', detail: describe(error) };
    }
  }

  private judge(outcome: Outcome, attempt: number): Occurrence {
    if (outcome.kind === 'done') return { type: 'succeeded', ...outcome };
    const { detail } = outcome;
    const chance = Math.random();
    const again =
      outcome.kind === 'again'
        ? nextAttempt(attempt, outcome.retryAfter, { now: this.clock.now(), chance })
        : undefined;
    return again === undefined ? { type: 'failed', detail } : { type: 'attempt_failed', detail, again };
  }

  /** Answers with the run where it goes on at once, and is still this instance's. */
  private async settle(run: Run, occurrence: Occurrence): Promise<Run | undefined> {
    const now = this.clock.now();
    const progress = advance(run, occurrence, now);
    if (progress === undefined) throw new Error(`The run ${run.id} takes no ${occurrence.type}.`);
    const { due_at } = progress.run;
    const goesOn = due_at !== null && due_at <= now;
    const claimed = goesOn ? { ...progress.run, due_at: new Date(now.getTime() + CLAIM_MS) } : progress.run;
    const saved = await this.runs.save({ ...progress, run: claimed });
    if (saved !== undefined) this.reports.moved([progress]);
    return goesOn ? saved : undefined;
  }

  private async giveBack(run: Run): Promise<void> {
    const wait = this.stopping.signal.aborted ? 0 : POSTPONED_MS;
    await this.runs.save({ run: { ...run, due_at: new Date(this.clock.now().getTime() + wait) }, entries: [] });
  }

  private async scopeOf(run: Run): Promise<{ event: object; steps: object; run: object }> {
    const [archived] = await this.archive.findAll([run.position]);
    if (archived === undefined) throw new UsherError('not-found', 'The event that began the run is gone.');
    const { id, workflow, started_at } = run;
    return {
      event: archived.envelope,
      steps: machineOf(run).outputs,
      run: { id, started_at: started_at.toISOString(), workflow: { id: workflow.id, name: workflow.name } },
    };
  }

  private inTrace<T>({ event }: Run, work: () => Promise<T>): Promise<T> {
    const trace = continueTrace(event.traceparent);
    const correlationId = event.correlationid ?? trace.traceId;
    return runInContext({ trace, correlationId, causationId: event.id }, work);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof UsherError)) return 'Something unforeseen went wrong; the log says what.';
  return [error.detail, ...error.errors.map(({ pointer, message }) => `${pointer} ${message}`)]
    .join(' ')
    .slice(0, 1_000);
}
