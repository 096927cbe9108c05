import { Inject, Injectable } from '@nestjs/common';
import { type Clock, newId } from '#kernel';
import type { ArchivedEvent } from '../../archive/archive.schema.js';
import { CLOCK } from '../../config.js';
import type { Interest } from '../../subscriptions/matching/interest.js';
import { SubscriptionIndex } from '../../subscriptions/matching/subscription-index.js';
import type { Workflow } from '../workflow.js';
import { WorkflowsRepository } from '../workflows.repository.js';
import { beginRun, type Progress } from './run.js';
import { RunReports } from './run-reports.js';

interface Filed {
  id: string;
  interest: Interest;
  workflow: Workflow;
}

/** Finds the workflows that events begin, in memory; each call first looks whether any has changed since the last. */
@Injectable()
export class Triggers {
  private index = new SubscriptionIndex<Filed>();
  private revision: number | undefined;

  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly reports: RunReports,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The runs that `events` begin, in their order. */
  async beginRuns(events: readonly ArchivedEvent[]): Promise<Progress[]> {
    await this.lookUp();
    return events.flatMap((event) =>
      this.index.match(event.envelope).flatMap(({ workflow }) => this.begin(workflow, event)),
    );
  }

  private begin(workflow: Workflow, { _id: position, envelope }: ArchivedEvent): Progress | [] {
    if (position <= workflow.since) return [];
    const now = this.clock.now();
    const begun = beginRun(newId(now), workflow, { position, envelope }, now);
    if (begun === undefined) this.reports.refused(workflow.id, position);
    return begun ?? [];
  }

  private async lookUp(): Promise<void> {
    // Read before the workflows: what changes while they are read is read again.
    const revision = await this.workflows.revision();
    if (revision === this.revision) return;
    const index = new SubscriptionIndex<Filed>();
    for (const workflow of await this.workflows.enabled())
      index.put({ id: workflow.id, interest: { audience: 'everything', ...workflow.trigger }, workflow });
    this.index = index;
    this.revision = revision;
  }
}
