import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Step } from '../workflow.js';
import { call, inMinutes, NOON, order, pause, payment, publish, when, workflowOf } from '../testing/workflows.js';
import {
  advance,
  awaitedBy,
  beginRun,
  machineOf,
  MAX_DEPTH,
  MAX_OUTPUTS,
  type Occurrence,
  type Run,
  stepOf,
} from './run.js';

const ID = '66ef0000000000000000000a';

const begin = (steps: readonly Step[], event = order()): { run: Run; history: string[] } => {
  const { run, entries } = beginRun(ID, workflowOf(...steps), { position: 41, envelope: event }, NOON)!;
  return { run, history: entries.map(lineOf) };
};

const lineOf = ({ what, step }: { what: string; step: string | null }): string =>
  [what, step].filter(Boolean).join(' ');

/** Given a run of these steps: when this happens to it, one after the other, then it is so, and its history says so. */
function given(...steps: Step[]) {
  const begun = begin(steps);
  return {
    when(...occurrences: (Occurrence | Occurrence['type'])[]): Run & { history: string[] } {
      let { run, history } = begun;
      for (const occurrence of occurrences) {
        const progress = advance(run, typeof occurrence === 'string' ? some(occurrence) : occurrence, NOON);
        if (progress === undefined)
          throw new Error(`${run.status} at ${run.step} takes no ${JSON.stringify(occurrence)}`);
        run = progress.run;
        history = [...history, ...progress.entries.map(lineOf)];
      }
      return { ...run, history };
    },
  };
}

function some(type: Occurrence['type']): Occurrence {
  if (type === 'succeeded') return { type, output: null };
  if (type === 'arrived') return { type, output: { id: 'payment-1' }, detail: 'payment-1', position: 42 };
  if (type === 'attempt_failed') return { type, detail: 'The receiver answered 503.', again: inMinutes(1) };
  if (type === 'timed_out') return { type };
  return { type, detail: 'because' };
}

describe('a run', () => {
  it('begins at the first step, which is due', () => {
    const { run, history } = begin([publish('a'), publish('b')]);
    expect(run).toMatchObject({ status: 'running', step: 'a', due_at: NOON, since: 41, depth: 1, version: 1 });
    expect(run.workflow).toEqual({ id: workflowOf().id, name: 'Orders', version: 3 });
    expect(run.event).not.toHaveProperty('data');
    expect(history).toEqual(['run.started']);
  });

  it('goes from step to step, and is completed after the last', () => {
    const run = given(publish('a'), publish('b')).when(
      { type: 'succeeded', output: 1 },
      { type: 'succeeded', output: 2 },
    );
    expect(run).toMatchObject({ status: 'completed', step: null, due_at: null, finished_at: NOON });
    expect(machineOf(run).outputs).toEqual({ a: 1, b: 2 });
    expect(run.history).toEqual(['run.started', 'step.succeeded a', 'step.succeeded b', 'run.completed']);
  });

  it.each([
    [true, 'b', 'd'],
    [false, 'c', 'd'],
  ])('goes by the condition, %s, and on after it', (output, branch, next) => {
    const steps = given(when('a', [publish('b')], [publish('c')]), publish('d'));
    expect(steps.when({ type: 'succeeded', output }).step).toBe(branch);
    expect(steps.when({ type: 'succeeded', output }, 'succeeded').step).toBe(next);
  });

  it('goes on where a condition has nothing to do', () => {
    expect(given(when('a', [], [publish('b')]), publish('c')).when({ type: 'succeeded', output: true }).step).toBe('c');
    expect(given(when('a', [when('b', [publish('c')])])).when({ type: 'succeeded', output: false }).status).toBe(
      'completed',
    );
  });

  it('has failed where a step has, and goes on from there when it is tried again', () => {
    const failed = given(publish('a'), publish('b')).when({ type: 'succeeded', output: 1 }, 'failed');
    expect(failed).toMatchObject({ status: 'failed', step: 'b', due_at: null, finished_at: NOON });
    const retried = advance(failed, some('retried'), inMinutes(5))!.run;
    expect(retried).toMatchObject({ status: 'running', step: 'b', due_at: inMinutes(5), finished_at: null });
    expect(machineOf(retried).outputs).toEqual({ a: 1 });
  });

  it('counts attempts, anew for each step and each retry', () => {
    const again = given(call('a'), call('b')).when('attempt_failed', 'attempt_failed');
    expect(again).toMatchObject({ status: 'running', step: 'a', due_at: inMinutes(1) });
    expect(machineOf(again).attempt).toBe(3);
    expect(machineOf(advance(again, some('succeeded'), NOON)!.run).attempt).toBe(1);
    const retried = given(call('a')).when('attempt_failed', 'failed', 'retried');
    expect(machineOf(retried).attempt).toBe(1);
  });

  it('can be canceled while it is under way or has failed, and then nothing happens any more', () => {
    expect(given(pause('a')).when('canceled')).toMatchObject({ status: 'canceled', step: null, due_at: null });
    const canceled = given(publish('a')).when('failed', 'canceled');
    expect(canceled.status).toBe('canceled');
    for (const type of ['succeeded', 'failed', 'retried', 'canceled', 'timed_out'] as const)
      expect(advance(canceled, some(type), NOON)).toBeUndefined();
  });

  it('is not tried again unless it has failed', () => {
    expect(advance(begin([publish('a')]).run, some('retried'), NOON)).toBeUndefined();
    expect(advance(given(publish('a')).when('succeeded'), some('retried'), NOON)).toBeUndefined();
  });

  it('fails where its steps put out too much', () => {
    const output = 'x'.repeat(MAX_OUTPUTS);
    const run = given(publish('a'), publish('b')).when({ type: 'succeeded', output });
    expect(run).toMatchObject({ status: 'failed', step: 'a' });
    expect(machineOf(run).outputs).toEqual({});
  });

  it('does not begin where so many runs in a row have led to its event', () => {
    const after = (depth: unknown) =>
      beginRun(ID, workflowOf(publish('a')), { position: 1, envelope: order({ workflowdepth: depth }) }, NOON);
    expect(after(MAX_DEPTH - 1)?.run.depth).toBe(MAX_DEPTH);
    expect(after(MAX_DEPTH)).toBeUndefined();
    for (const depth of ['3', -1, 1.5, true]) expect(after(depth)?.run.depth).toBe(1);
  });
});

describe('a run that waits', () => {
  it('for a time, is due after it', () => {
    const { run, history } = begin([pause('a', 'P1DT1H'), publish('b')]);
    expect(run).toMatchObject({ due_at: inMinutes(25 * 60), wait: null });
    expect(history).toEqual(['run.started', 'step.waiting a']);
  });

  it('for an event, is due never, and knows which events it is', () => {
    const { run } = begin([payment('a')]);
    expect(run).toMatchObject({ due_at: null, wait: { deadline: inMinutes(15), checked: false } });
    expect(awaitedBy(run)).toMatchObject({
      types: ['com.acme.payment.received'],
      filters: [{ exact: { subject: 'orders/7' } }],
    });
  });

  it('goes on with the event, after which the next counts', () => {
    const run = given(payment('a'), payment('b')).when('arrived');
    expect(run).toMatchObject({ step: 'b', since: 42, wait: { checked: false } });
    expect(machineOf(run).outputs).toEqual({ a: { timed_out: false, event: { id: 'payment-1' } } });
  });

  it('fails when the time is over, or goes on where it is to', () => {
    expect(given(payment('a'), publish('b')).when('timed_out')).toMatchObject({ status: 'failed', step: 'a' });
    const on = given(payment('a', { on_timeout: 'continue' }), publish('b')).when('timed_out');
    expect(on).toMatchObject({ status: 'running', step: 'b', wait: null });
    expect(machineOf(on).outputs).toEqual({ a: { timed_out: true } });
  });

  it('waits as long again when it is tried again', () => {
    const failed = given(payment('a')).when('timed_out');
    expect(advance(failed, some('retried'), inMinutes(60))!.run.wait).toEqual({
      deadline: inMinutes(75),
      checked: false,
    });
  });

  it('fails at once where its event has nothing to be like', () => {
    const { subject: _, ...event } = order();
    const { run, history } = begin([payment('a')], event);
    expect(run).toMatchObject({ status: 'failed', step: 'a', wait: null });
    expect(history).toEqual(['run.started', 'step.failed a']);
  });
});

/** Trees of steps, each with an id of its own. */
const trees: fc.Arbitrary<Step[]> = fc
  .letrec<{ steps: Step[]; step: Step }>((tie) => ({
    steps: fc.array(tie('step'), { minLength: 1, maxLength: 4 }),
    step: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom(publish('x'), pause('x'), payment('x'), payment('x', { on_timeout: 'continue' }), call('x')),
      fc.tuple(tie('steps'), tie('steps')).map(([then, otherwise]) => when('x', then, otherwise)),
    ),
  }))
  .steps.map((steps) => named(steps, { next: 0 }));

function named(steps: readonly Step[], ids: { next: number }): Step[] {
  return steps.map((step) => {
    const id = `s${(ids.next += 1)}`;
    if (step.kind !== 'when') return { ...step, id };
    return { ...step, id, then: named(step.then, ids), else: named(step.else, ids) };
  });
}

const occurrences: fc.Arbitrary<Occurrence> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('succeeded' as const), output: fc.oneof(fc.boolean(), fc.jsonValue()) }),
  },
  fc.constantFrom('arrived' as const, 'timed_out' as const, 'attempt_failed' as const, 'failed' as const).map(some),
  { weight: 2, arbitrary: fc.constant(some('retried')) },
);

it('a run that is stored and read again at any point ends as one that never was', () => {
  fc.assert(
    fc.property(trees, fc.array(fc.tuple(occurrences, fc.boolean()), { maxLength: 30 }), (steps, story) => {
      let run = begin(steps).run;
      // The same machine from beginning to end.
      let machine = machineOf(run);
      for (const [occurrence, restarts] of story) {
        const progress = advance(run, occurrence, NOON);
        if (progress === undefined) continue;
        run = restarts ? (JSON.parse(JSON.stringify(progress.run)) as Run) : progress.run;
        machine = machine.after(
          occurrence.type === 'arrived'
            ? { type: 'succeeded', output: { timed_out: false, event: occurrence.output } }
            : occurrence.type === 'timed_out'
              ? { type: 'timed_out', output: { timed_out: true } }
              : occurrence,
        );
        expect(machineOf(run).stored()).toBe(machine.stored());
        expect(run.status).toBe(machine.status);
        if (run.status === 'running') expect(stepOf(run)?.id).toBe(machine.step);
      }
    }),
  );
});
