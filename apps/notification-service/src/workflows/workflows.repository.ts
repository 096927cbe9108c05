import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { type Keyset, keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { UsherError } from '#kernel';
import { trustedFilter } from '#persistence';
import type { Workflow } from './workflow.js';
import { WORKFLOW, type WorkflowDocument, WORKFLOWS_HEAD, type WorkflowsHead } from './workflows.schema.js';

const HEAD = 'workflows';
const OLDEST_FIRST: Keyset = { field: 'created_at', direction: 1, type: 'date' };

/** The stored workflows. Every write belongs into a transaction: it takes the next revision with it. */
@Injectable()
export class WorkflowsRepository {
  constructor(
    @InjectModel(WORKFLOW) private readonly workflows: Model<WorkflowDocument>,
    @InjectModel(WORKFLOWS_HEAD) private readonly heads: Model<WorkflowsHead>,
  ) {}

  async find(id: string): Promise<Workflow | undefined> {
    const document = await this.workflows.findById(id).lean<WorkflowDocument>();
    return document === null ? undefined : toWorkflow(document);
  }

  /** Oldest first. */
  async page(request: PageRequest): Promise<Page<Workflow>> {
    const keyset = keysetQuery<WorkflowDocument>(OLDEST_FIRST, request);
    const documents = await this.workflows
      .find(trustedFilter(keyset.filter))
      .sort(keyset.sort)
      .limit(keyset.limit)
      .lean<WorkflowDocument[]>();
    return mapPage(keyset.toPage(documents), toWorkflow);
  }

  /** Answers how many there are with it. Throws MongoDB's duplicate key error where there is one of that id. */
  async insert(workflow: Workflow): Promise<number> {
    const count = await this.moveHead(1);
    await this.workflows.create(toDocument(workflow));
    return count;
  }

  /** Writes it over the version before; throws a retryable `conflict` where that is not the stored one any more. */
  async update(workflow: Workflow): Promise<void> {
    await this.moveHead(0);
    const { id, version } = workflow;
    const { matchedCount } = await this.workflows.replaceOne({ _id: id, version: version - 1 }, toDocument(workflow));
    if (matchedCount !== 1) throw superseded();
  }

  async remove({ id, version }: Workflow): Promise<void> {
    await this.moveHead(-1);
    const { deletedCount } = await this.workflows.deleteOne({ _id: id, version });
    if (deletedCount !== 1) throw superseded();
  }

  /** How often workflows have changed. */
  async revision(): Promise<number> {
    return (await this.heads.findById(HEAD).lean())?.revision ?? 0;
  }

  /** Every workflow that may begin runs. */
  async enabled(): Promise<Workflow[]> {
    return (await this.workflows.find({ enabled: true }).lean<WorkflowDocument[]>()).map(toWorkflow);
  }

  private async moveHead(by: 1 | 0 | -1): Promise<number> {
    const head = await this.heads
      .findByIdAndUpdate(HEAD, { $inc: { revision: 1, count: by } }, { upsert: true, returnDocument: 'after' })
      .lean();
    return head.count;
  }
}

const toDocument = ({ id, trigger, steps, ...workflow }: Workflow): WorkflowDocument => ({
  _id: id,
  ...workflow,
  definition: JSON.stringify({ trigger, steps }),
});

const toWorkflow = ({ _id, definition, ...document }: WorkflowDocument): Workflow => ({
  id: _id,
  ...document,
  ...(JSON.parse(definition) as Pick<Workflow, 'trigger' | 'steps'>),
});

const superseded = (): UsherError =>
  new UsherError('conflict', 'The workflow is being changed by others at the same time.', { retryable: true });
