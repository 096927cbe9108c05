import { z } from 'zod';
import { idSchema, timestampSchema } from '#contracts';
import { pageQuery } from '#http';
import { awaitedBy, ENTRIES, machineOf, type Run, RUN_STATUSES } from './run.js';
import type { RunWithHistory } from './runs.repository.js';

export const listRunsQuery = z.strictObject({ ...pageQuery, status: z.enum(RUN_STATUSES).optional() });

const summary = {
  id: idSchema,
  workflow: z.object({ id: idSchema, name: z.string(), version: z.int().describe('As it was when the run began') }),
  event: z.object({
    position: z.int().describe('In the archive'),
    id: z.string(),
    source: z.string(),
    type: z.string(),
    subject: z.string().nullable(),
  }),
  status: z.enum(RUN_STATUSES),
  step: z.string().nullable().describe('The step that it is at, or has failed at'),
  waiting_for: z.array(z.string()).nullable().describe('Types of event, one of which it waits for'),
  next_at: timestampSchema.nullable().describe('When it goes on by itself at the latest'),
  started_at: timestampSchema,
  finished_at: timestampSchema.nullable(),
};

export const runSummary = z.object(summary).meta({ id: 'WorkflowRunSummary' });
export type RunSummary = z.infer<typeof runSummary>;

const historyEntry = z.object({
  at: timestampSchema,
  what: z.enum(ENTRIES),
  step: z.string().nullable(),
  attempt: z.int().nullable().describe('Of calls: which attempt it was'),
  detail: z.string().nullable(),
});

export const runAnswer = z
  .object({
    ...summary,
    outputs: z.record(z.string(), z.unknown()).describe('What steps have put out, by their ids'),
    history: z.array(historyEntry).describe('Everything that has happened, in order'),
    version: z.int(),
  })
  .meta({ id: 'WorkflowRun' });
export type RunAnswer = z.infer<typeof runAnswer>;

export const presentSummary = (run: Run): RunSummary => ({
  id: run.id,
  workflow: run.workflow,
  event: {
    position: run.position,
    id: run.event.id,
    source: run.event.source,
    type: run.event.type,
    subject: run.event.subject ?? null,
  },
  status: run.status,
  step: run.step,
  waiting_for: typesAwaitedBy(run),
  next_at: (run.wait?.deadline ?? run.due_at)?.toISOString() ?? null,
  started_at: run.started_at.toISOString(),
  finished_at: run.finished_at?.toISOString() ?? null,
});

function typesAwaitedBy(run: Run): string[] | null {
  const types = awaitedBy(run)?.types;
  return types === undefined || types === null ? null : [...types];
}

export const presentRun = ({ run, history }: RunWithHistory): RunAnswer => ({
  ...presentSummary(run),
  outputs: { ...machineOf(run).outputs },
  history: history.map((entry) => ({ ...entry, at: entry.at.toISOString() })),
  version: run.version,
});
