import { assign, createActor, initialTransition, setup, type StateFrom, transition } from 'xstate';
import type { Step, WhenStep } from '../workflow.js';

/** What can happen to a run, as its machine hears of it. */
export type Happened =
  /** The step has done what it is for. */
  | { type: 'succeeded'; output: unknown }
  /** What the step waits for has not come in time. */
  | { type: 'timed_out'; output: unknown }
  /** An attempt failed that is worth another. */
  | { type: 'attempt_failed' }
  | { type: 'failed' }
  /** Somebody wants the step that failed to be tried again. */
  | { type: 'retried' }
  | { type: 'canceled' };

interface Context {
  /** What steps have put out, by their ids. */
  outputs: Readonly<Record<string, unknown>>;
  /** Which attempt at the step is the next or under way: 1 for the first. */
  attempt: number;
}

const base = setup({
  types: { context: {} as Context, events: {} as Happened },
  actions: {
    begin: assign({ attempt: 1 }),
    count: assign({ attempt: ({ context }) => context.attempt + 1 }),
    keep: assign({
      outputs: ({ context, event }, { step }: { step: string }) =>
        'output' in event ? { ...context.outputs, [step]: event.output } : context.outputs,
    }),
  },
  guards: { holds: ({ event }) => 'output' in event && event.output === true },
});

type Machine = ReturnType<typeof compile>;
type Snapshot = StateFrom<Machine>;
type States = NonNullable<Parameters<typeof base.createMachine>[0]['states']>;
type State = States[string];

const COMPLETED = '#run.completed';
const FAILED = '#run.failed';
/** No step has that id. */
const LAST = '$last';

/**
 * Steps as a state machine: a state for each, from which an outcome leads to the next. It has no effects and no timers; those
 * who do something tell it what happened. A failed run remembers its step, for a retry to go back to.
 */
function compile(steps: readonly Step[]) {
  const [first] = steps;
  return base.createMachine({
    id: 'run',
    context: { outputs: {}, attempt: 1 },
    initial: 'running',
    states: {
      running: {
        initial: first?.id ?? LAST,
        on: { failed: FAILED, canceled: '#run.canceled' },
        states: { ...statesOf(steps, COMPLETED), [LAST]: { type: 'history' } },
      },
      failed: { on: { retried: `running.${LAST}`, canceled: 'canceled' } },
      completed: { type: 'final' },
      canceled: { type: 'final' },
    },
  });
}

/** The states of `steps`, the last of which leads to `end`. */
function statesOf(steps: readonly Step[], end: string): States {
  return steps.reduce<States>((states, step, index) => {
    const next = targetOf(steps.slice(index + 1), end);
    const within = step.kind === 'when' ? { ...statesOf(step.then, next), ...statesOf(step.else, next) } : {};
    return { ...states, [step.id]: stateOf(step, next), ...within };
  }, {});
}

function stateOf(step: Step, next: string): State {
  const keep = { type: 'keep', params: { step: step.id } } as const;
  const onward = { target: next, actions: keep };
  return {
    entry: 'begin',
    on: {
      succeeded: step.kind === 'when' ? branches(step, next).map((branch) => ({ ...branch, actions: keep })) : onward,
      ...(step.kind === 'wait' ? { timed_out: step.on_timeout === 'continue' ? onward : FAILED } : {}),
      attempt_failed: { actions: 'count' },
    },
  };
}

const branches = (step: WhenStep, next: string) => [
  { guard: 'holds', target: targetOf(step.then, next) } as const,
  { target: targetOf(step.else, next) },
];

/** Where `steps` begin, or else where it goes on without them. */
const targetOf = ([first]: readonly Step[], end: string): string =>
  first === undefined ? end : `#run.running.${first.id}`;

/** A run's machine at one point of it. */
export class RunMachine {
  private constructor(
    private readonly machine: Machine,
    private readonly snapshot: Snapshot,
  ) {}

  static begin(steps: readonly Step[]): RunMachine {
    const machine = compile(steps);
    const [snapshot] = initialTransition(machine);
    return new RunMachine(machine, snapshot);
  }

  /** At the point that `stored` was taken at, of the same steps. */
  static resume(steps: readonly Step[], stored: string): RunMachine {
    const machine = compile(steps);
    const actor = createActor(machine, { snapshot: JSON.parse(stored) as Snapshot });
    return new RunMachine(machine, actor.getSnapshot());
  }

  after(happened: Happened): RunMachine {
    const [snapshot] = transition(this.machine, this.snapshot, happened);
    return new RunMachine(this.machine, snapshot);
  }

  /** Whether it makes any difference now. */
  can(happened: Happened): boolean {
    return this.snapshot.can(happened);
  }

  get status(): 'running' | 'failed' | 'completed' | 'canceled' {
    const { value } = this.snapshot;
    return typeof value === 'string' ? value : 'running';
  }

  /** The id of the step that it is at; undefined where it is not running. */
  get step(): string | undefined {
    const { value } = this.snapshot;
    return typeof value === 'string' ? undefined : value.running;
  }

  get outputs(): Context['outputs'] {
    return this.snapshot.context.outputs;
  }

  get attempt(): number {
    return this.snapshot.context.attempt;
  }

  /** As text: names of members in it may be such as databases do not take. */
  stored(): string {
    return JSON.stringify(this.machine.getPersistedSnapshot(this.snapshot));
  }
}
