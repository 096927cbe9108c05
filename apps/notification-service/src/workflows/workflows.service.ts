import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import type { Page, PageRequest, Precondition } from '#http';
import { type Clock, type FieldError, UsherError } from '#kernel';
import { duplicateKeyFields, Transactions, Turns } from '#persistence';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { CLOCK } from '../config.js';
import { SinkPolicy } from '../subscriptions/sink-policy.js';
import {
  changeWorkflow,
  newWorkflow,
  type Step,
  type Workflow,
  type WorkflowChange,
  type WorkflowDetails,
} from './workflow.js';
import { WorkflowSecrets } from './workflow-secrets.js';
import { WorkflowsRepository } from './workflows.repository.js';

/** Every instance keeps all that are enabled in memory. */
const MAX_WORKFLOWS = 200;

/** One method per command. Whoever may call them may do anything with every workflow. */
@Injectable()
export class WorkflowsService {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly secrets: WorkflowSecrets,
    private readonly sinks: SinkPolicy,
    private readonly archive: ArchiveRepository,
    private readonly transactions: Transactions,
    private readonly turns: Turns,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Makes the workflow of that id; where that has been done before, answers with what is there. */
  async createWorkflow(id: string, details: WorkflowDetails, { id: by, username }: Principal): Promise<Workflow> {
    this.requireCallable(details.steps);
    const steps = this.secrets.seal(id, details.steps, []);
    try {
      return await this.write(async () => {
        const since = await this.archive.head();
        const workflow = newWorkflow(
          { ...details, id, steps, since, created_by: { id: by, username } },
          this.clock.now(),
        );
        if ((await this.workflows.insert(workflow)) > MAX_WORKFLOWS)
          throw new UsherError(
            'conflict',
            `There are ${MAX_WORKFLOWS} workflows, which is the most that there can be.`,
          );
        return workflow;
      });
    } catch (error) {
      const first = duplicateKeyFields(error)?.includes('_id') === true ? await this.workflows.find(id) : undefined;
      if (first === undefined) throw error;
      return first;
    }
  }

  /** Oldest first. */
  listWorkflows(request: PageRequest): Promise<Page<Workflow>> {
    return this.workflows.page(request);
  }

  /** Throws `not-found`. */
  async readWorkflow(id: string): Promise<Workflow> {
    const workflow = await this.workflows.find(id);
    if (workflow === undefined) throw new UsherError('not-found', 'There is no such workflow.');
    return workflow;
  }

  /** Runs that are under way go on as they began. */
  async changeWorkflow(id: string, change: WorkflowChange, precondition: Precondition): Promise<Workflow> {
    this.requireCallable(change.steps ?? []);
    return this.write(async () => {
      const state = await this.readWorkflow(id);
      precondition.require(state.version);
      const steps = change.steps && this.secrets.seal(id, change.steps, state.steps);
      const head = await this.archive.head();
      const changed = changeWorkflow(state, { ...change, steps }, { head, now: this.clock.now() });
      if (changed !== state) await this.workflows.update(changed);
      return changed;
    });
  }

  /** No run begins any more; those that are under way go on. */
  async deleteWorkflow(id: string, precondition: Precondition): Promise<void> {
    await this.write(async () => {
      const workflow = await this.readWorkflow(id);
      precondition.require(workflow.version);
      await this.workflows.remove(workflow);
    });
  }

  /** One transaction reads, decides and writes. All of them meet in the next revision. */
  private write<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.take('revision', () => this.transactions.run(work));
  }

  /** Throws `validation-failed` for a call to where nothing is sent. */
  private requireCallable(steps: readonly Step[]): void {
    const errors = this.objections(steps, '/steps');
    if (errors.length > 0)
      throw new UsherError('validation-failed', 'That must not be called; see `errors`.', { errors });
  }

  private objections(steps: readonly Step[], at: string): FieldError[] {
    return steps.flatMap((step, index) => {
      const pointer = `${at}/${index}`;
      if (step.kind === 'when')
        return [...this.objections(step.then, `${pointer}/then`), ...this.objections(step.else, `${pointer}/else`)];
      const message = step.kind === 'call' ? this.sinks.objection('HTTP', new URL(step.url).origin) : undefined;
      return message === undefined ? [] : [{ pointer: `${pointer}/url`, message }];
    });
  }
}
