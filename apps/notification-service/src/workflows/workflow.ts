import type { Filter } from '../subscriptions/matching/filter.js';
import type { Interest } from '../subscriptions/matching/interest.js';

/** Which events begin a run. */
export type Trigger = Omit<Interest, 'audience'>;

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export const AFTER_TIMEOUT = ['continue', 'fail'] as const;

interface StepBase {
  /** Unique within the workflow; what later steps know its output by. */
  id: string;
}

export interface PublishStep extends StepBase {
  kind: 'publish';
  type: string;
  subject?: string | undefined;
  source?: string | undefined;
  data?: unknown;
}

export interface NotifyStep extends StepBase {
  kind: 'notify';
  /** An expression for all of them, or one each. */
  users: string | readonly string[];
  title: string;
  message: string;
  event_id?: string | undefined;
}

export interface CallStep extends StepBase {
  kind: 'call';
  method: (typeof METHODS)[number];
  url: string;
  /** Sealed where they are kept; null where they are shown, and where they are to stay as they are. */
  headers: Readonly<Record<string, string | null>>;
  body?: unknown;
  timeout: string;
}

/** An event that a run waits for. */
export interface Awaited {
  types: readonly string[];
  source: string | null;
  filters: readonly Filter[];
  /** The attributes in which it has to be like the event that began the run. */
  same: readonly string[];
}

/** For a while, or until an event comes. */
export interface WaitStep extends StepBase {
  kind: 'wait';
  for?: string | undefined;
  until?: Awaited | undefined;
  timeout?: string | undefined;
  on_timeout?: (typeof AFTER_TIMEOUT)[number] | undefined;
}

export interface WhenStep extends StepBase {
  kind: 'when';
  condition: string;
  then: readonly Step[];
  else: readonly Step[];
}

export type Step = PublishStep | NotifyStep | CallStep | WaitStep | WhenStep;

/** What an admin says of a workflow, and may change. */
export interface WorkflowDetails {
  name: string;
  /** One that is not enabled begins no runs; those that are under way go on. */
  enabled: boolean;
  trigger: Trigger;
  steps: readonly Step[];
}

/** What is to be different; the rest stays. */
export type WorkflowChange = { [Member in keyof WorkflowDetails]?: WorkflowDetails[Member] | undefined };

export interface Workflow extends WorkflowDetails {
  id: string;
  /** Only events after this archive position begin runs: those from before it was there, or was enabled, do not. */
  since: number;
  created_by: { id: string; username: string };
  version: number;
  created_at: Date;
  updated_at: Date;
}

export const newWorkflow = (
  given: WorkflowDetails & Pick<Workflow, 'id' | 'since' | 'created_by'>,
  now: Date,
): Workflow => ({ ...given, version: 1, created_at: now, updated_at: now });

/**
 * The workflow with that change as its next version, or the same object where they say nothing new. Where it begins to
 * want other events than before, it does so from the archive position `head` on.
 */
export function changeWorkflow(
  state: Workflow,
  change: WorkflowChange,
  { head, now }: { head: number; now: Date },
): Workflow {
  const changed = {
    ...state,
    name: change.name ?? state.name,
    enabled: change.enabled ?? state.enabled,
    trigger: change.trigger ?? state.trigger,
    steps: change.steps ?? state.steps,
  };
  if (same(changed, state)) return state;
  const triggers = changed.enabled && !(state.enabled && same(changed.trigger, state.trigger));
  return { ...changed, since: triggers ? head : state.since, version: state.version + 1, updated_at: now };
}

/** Every step, those within others too, in the order of the text. */
export const allSteps = (steps: readonly Step[]): Step[] =>
  steps.flatMap((step) => (step.kind === 'when' ? [step, ...allSteps(step.then), ...allSteps(step.else)] : [step]));

/** How deep steps are nested: 1 where none is within another. */
export const depthOf = (steps: readonly Step[]): number =>
  1 +
  steps.reduce(
    (deepest, step) =>
      step.kind === 'when'
        ? Math.max(deepest, depthOf(step.then), step.else.length > 0 ? depthOf(step.else) : 0)
        : deepest,
    0,
  );

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
