import type { Envelope } from '#contracts';
import { attributeOf } from '../../subscriptions/matching/filter.js';
import type { Interest } from '../../subscriptions/matching/interest.js';
import { after } from '../duration.js';
import { allSteps, type Awaited, type Step, type Workflow } from '../workflow.js';
import { RunMachine } from './machine.js';

export const RUN_STATUSES = ['running', 'completed', 'failed', 'canceled'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const ENTRIES = [
  'run.started',
  'step.waiting',
  'step.succeeded',
  'step.timed_out',
  'step.attempt_failed',
  'step.failed',
  'run.completed',
  'run.retried',
  'run.canceled',
] as const;

/** One line of a run's history. */
export interface Entry {
  at: Date;
  what: (typeof ENTRIES)[number];
  step: string | null;
  /** Which attempt, where there may be several. */
  attempt: number | null;
  /** For people: what came of it, why it failed, who asked. */
  detail: string | null;
}

/** What a run waits for. */
export interface Wait {
  /** After it the event comes too late. */
  deadline: Date;
  /** Whether all events up to where the follower stands have been compared; those after it are as they come. */
  checked: boolean;
}

export interface Run {
  id: string;
  workflow: Pick<Workflow, 'id' | 'name' | 'version'>;
  /** As they were when it began. */
  steps: readonly Step[];
  /** The event that began it, without its data. */
  event: Envelope;
  /** Where in the archive that event is. */
  position: number;
  /** Events after this position may be what it waits for: the one that began it, or the last one that it waited for. */
  since: number;
  /** How many runs in a row have led to it, each by an event of the one before; 1 for the first. */
  depth: number;
  status: RunStatus;
  /** The step that it is at, or has failed at. */
  step: string | null;
  /** The machine, as it stores itself. */
  machine: string;
  wait: Wait | null;
  /** When there is something to do; null while it waits for an event, and when it is over. */
  due_at: Date | null;
  version: number;
  started_at: Date;
  finished_at: Date | null;
}

/** A run as something has left it, and what there is to tell of that. */
export interface Progress {
  run: Run;
  entries: readonly Entry[];
}

/** What happened to a run, with what its history says of it. */
export type Occurrence =
  | { type: 'succeeded'; output: unknown; detail?: string }
  /** By an event at that position of the archive. */
  | { type: 'arrived'; output: unknown; detail: string; position: number }
  | { type: 'timed_out' }
  | { type: 'attempt_failed'; detail: string; again: Date }
  | { type: 'failed'; detail: string }
  | { type: 'retried'; detail: string }
  | { type: 'canceled'; detail: string };

/** The most that all steps of a run may put out, in characters of JSON. */
export const MAX_OUTPUTS = 262_144;

/** The event attribute that counts runs in a row. */
export const DEPTH = 'workflowdepth';
export const MAX_DEPTH = 10;

/** How many runs have led to the event; what is no such number counts as none. */
export function depthOf({ [DEPTH]: depth }: Envelope): number {
  return typeof depth === 'number' && Number.isInteger(depth) && depth > 0 ? depth : 0;
}

/** A run of the workflow as it is now; undefined where so many runs have led to the event that it has to end. */
export function beginRun(
  id: string,
  workflow: Workflow,
  { position, envelope }: { position: number; envelope: Envelope },
  now: Date,
): Progress | undefined {
  const depth = depthOf(envelope) + 1;
  if (depth > MAX_DEPTH) return undefined;
  const { data: _, data_base64: __, ...event } = envelope;
  const { name, version, steps } = workflow;
  const run: Run = {
    id,
    workflow: { id: workflow.id, name, version },
    steps,
    event,
    position,
    since: position,
    depth,
    ...at(RunMachine.begin(steps), steps, now),
    version: 1,
    started_at: now,
  };
  return entered(run, [entry(now, 'run.started')], now);
}

/** The run after that; undefined where it cannot happen to it as it is. */
export function advance(run: Run, occurrence: Occurrence, now: Date): Progress | undefined {
  const before = machineOf(run);
  const happened = toMachine(occurrence);
  if (!before.can(happened)) return undefined;
  const machine = before.after(happened);
  if (JSON.stringify(machine.outputs).length > MAX_OUTPUTS)
    return advance(
      run,
      { type: 'failed', detail: `The outputs of all steps take more than ${MAX_OUTPUTS} characters.` },
      now,
    );
  const next: Run = { ...run, ...at(machine, run.steps, now) };
  if (next.status === 'failed') next.step = run.step;
  const attempt = stepOf(run)?.kind === 'call' ? before.attempt : null;
  const told = [entry(now, NAMES[occurrence.type], { step: run.step, attempt, detail: detailOf(occurrence) })];
  if (occurrence.type === 'attempt_failed') return { run: { ...next, due_at: occurrence.again }, entries: told };
  if (occurrence.type === 'arrived') next.since = occurrence.position;
  return entered(next, told, now);
}

export const machineOf = ({ steps, machine }: Run): RunMachine => RunMachine.resume(steps, machine);

export const stepOf = ({ steps, step }: Run): Step | undefined => allSteps(steps).find(({ id }) => id === step);

/** Which events end the wait; undefined where the run waits for none. */
export function awaitedBy(run: Run): Interest | undefined {
  const step = stepOf(run);
  return run.wait === null || step?.kind !== 'wait' || step.until === undefined
    ? undefined
    : interestIn(step.until, run.event);
}

const NAMES = {
  succeeded: 'step.succeeded',
  arrived: 'step.succeeded',
  timed_out: 'step.timed_out',
  attempt_failed: 'step.attempt_failed',
  failed: 'step.failed',
  retried: 'run.retried',
  canceled: 'run.canceled',
} as const satisfies Record<Occurrence['type'], Entry['what']>;

function toMachine(occurrence: Occurrence): Parameters<RunMachine['after']>[0] {
  switch (occurrence.type) {
    case 'succeeded':
      return { type: 'succeeded', output: occurrence.output };
    case 'arrived':
      return { type: 'succeeded', output: { timed_out: false, event: occurrence.output } };
    case 'timed_out':
      return { type: 'timed_out', output: { timed_out: true } };
    case 'attempt_failed':
    case 'failed':
    case 'retried':
    case 'canceled':
      return { type: occurrence.type };
    default:
      return occurrence satisfies never;
  }
}

/** What of a run follows from where its machine is. */
function at(
  machine: RunMachine,
  steps: readonly Step[],
  now: Date,
): Pick<Run, 'status' | 'step' | 'machine' | 'wait' | 'due_at' | 'finished_at'> {
  const { status, step: id = null } = machine;
  const running = status === 'running';
  const step = allSteps(steps).find((candidate) => candidate.id === id);
  return {
    status,
    step: id,
    machine: machine.stored(),
    ...(running && step !== undefined ? dueOf(step, now) : { wait: null, due_at: null }),
    finished_at: running ? null : now,
  };
}

function dueOf(step: Step, now: Date): Pick<Run, 'wait' | 'due_at'> {
  if (step.kind !== 'wait') return { wait: null, due_at: now };
  if (step.for !== undefined) return { wait: null, due_at: after(now, step.for) };
  return { wait: { deadline: after(now, step.timeout ?? 'PT0S'), checked: false }, due_at: null };
}

/** The run with what its new state is worth telling of. */
function entered(run: Run, told: readonly Entry[], now: Date): Progress {
  if (run.status === 'completed') return { run, entries: [...told, entry(now, 'run.completed')] };
  const step = run.status === 'running' ? stepOf(run) : undefined;
  if (step?.kind !== 'wait') return { run, entries: told };
  const missing = step.until?.same.find((name) => attributeOf(run.event, name) === undefined);
  const failed =
    missing === undefined ? undefined : advance(run, { type: 'failed', detail: `The event has no ${missing}.` }, now);
  if (failed !== undefined) return { run: failed.run, entries: [...told, ...failed.entries] };
  const until = (run.wait?.deadline ?? run.due_at ?? now).toISOString();
  return { run, entries: [...told, entry(now, 'step.waiting', { step: step.id, detail: `until ${until}` })] };
}

const entry = (
  now: Date,
  what: Entry['what'],
  { step = null, attempt = null, detail = null }: Partial<Omit<Entry, 'at' | 'what'>> = {},
): Entry => ({ at: now, what, step, attempt, detail });

const detailOf = (occurrence: Occurrence): string | null =>
  'detail' in occurrence ? (occurrence.detail ?? null) : null;

/** That a run whose event lacks one of `same` waits for nothing is found when it begins to wait. */
function interestIn({ types, source, filters, same }: Awaited, event: Run['event']): Interest {
  const alike = same.map((name) => ({ exact: { [name]: attributeOf(event, name) ?? '' } }));
  return { audience: 'everything', types, source, filters: [...filters, ...alike] };
}
