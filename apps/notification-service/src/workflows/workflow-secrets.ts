import { Injectable } from '@nestjs/common';
import { type FieldError, UsherError } from '#kernel';
import { SecretBox } from '../subscriptions/secrets/secret-box.js';
import { allSteps, type CallStep, type Step } from './workflow.js';

/** What calls say in their headers, which the database must not tell. */
@Injectable()
export class WorkflowSecrets {
  constructor(private readonly box: SecretBox) {}

  /**
   * The steps with every header sealed. One that is null stays what it is in the step of that id among `present`, as long as
   * the call goes to the same place. Throws `validation-failed` where there is nothing that could stay.
   */
  seal(workflowId: string, steps: readonly Step[], present: readonly Step[]): Step[] {
    const errors: FieldError[] = [];
    const seal = (within: readonly Step[], at: string): Step[] =>
      within.map((step, index) => {
        const pointer = `${at}/${index}`;
        if (step.kind === 'when')
          return { ...step, then: seal(step.then, `${pointer}/then`), else: seal(step.else, `${pointer}/else`) };
        if (step.kind !== 'call') return step;
        const kept = sameCall(step, present)?.headers ?? {};
        const headers = Object.entries(step.headers).map(([name, value]) => {
          const sealed = value === null ? kept[name] : this.box.seal(value, placeOf(workflowId, step, name));
          if (typeof sealed !== 'string')
            errors.push({ pointer: `${pointer}/headers/${name}`, message: 'has to be given: there is none to keep' });
          return [name, sealed ?? null] as const;
        });
        return { ...step, headers: Object.fromEntries(headers) };
      });
    const sealed = seal(steps, '/steps');
    if (errors.length > 0) throw new UsherError('validation-failed', 'Headers are missing; see `errors`.', { errors });
    return sealed;
  }

  /** What the headers of a call of that workflow say. */
  open(workflowId: string, step: CallStep): Record<string, string> {
    const opened = Object.entries(step.headers).map(([name, sealed]) => [
      name,
      this.box.open(sealed ?? '', placeOf(workflowId, step, name)),
    ]);
    return Object.fromEntries(opened) as Record<string, string>;
  }
}

const placeOf = (workflowId: string, step: CallStep, header: string): string =>
  `workflows/${workflowId}/${step.id}/${header.toLowerCase()}`;

/** The call of that id, if what it is told is told to the same party still. */
const sameCall = ({ id, url }: CallStep, steps: readonly Step[]): CallStep | undefined =>
  allSteps(steps).find(
    (step): step is CallStep => step.kind === 'call' && step.id === id && originOf(step.url) === originOf(url),
  );

const originOf = (url: string): string | undefined => URL.parse(url)?.origin;
