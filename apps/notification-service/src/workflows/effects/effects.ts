import { Inject, Injectable } from '@nestjs/common';
import { dataschemaOf, type Envelope, idSchema, MAX_NOTIFIED, SYSTEM_ACTOR, type WorkflowNotifiedV1 } from '#contracts';
import { type Clock, UsherError } from '#kernel';
import { PublishingService } from '../../bus/publishing.service.js';
import { CLOCK } from '../../config.js';
import { millisecondsOf } from '../duration.js';
import { Expression, type Scope } from '../expressions/expression.js';
import { fill, fillAll, fillText } from '../expressions/template.js';
import { DEPTH, type Run } from '../runs/run.js';
import type { CallStep, NotifyStep, PublishStep, Step } from '../workflow.js';
import { WorkflowSecrets } from '../workflow-secrets.js';
import { type HttpCall, HttpCalls } from './call.js';
import type { Outcome } from './outcome.js';

const OWN_SOURCE = '/notification-service/workflows';

/** A run at a step, with what its expressions can speak of. */
export interface Standing {
  run: Run;
  scope: Scope;
}

/**
 * Does what steps are for. Whatever is done twice has one effect: what is published has an identity that follows from run and
 * step, and a call the same `Idempotency-Key` each time.
 */
@Injectable()
export class Effects {
  constructor(
    private readonly publishing: PublishingService,
    private readonly calls: HttpCalls,
    private readonly secrets: WorkflowSecrets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One attempt. Throws what is wrong with the step itself, and a retryable `unavailable` for trouble of our own. */
  async perform(step: Step, standing: Standing, signal: AbortSignal): Promise<Outcome> {
    switch (step.kind) {
      case 'publish':
        return this.publish(step, standing);
      case 'notify':
        return this.notify(step, standing);
      case 'call':
        return this.call(step, standing, signal);
      case 'wait':
        // It has lasted as long as it was to last.
        return { kind: 'done', output: null };
      case 'when':
        return { kind: 'done', ...decided(Expression.parse(step.condition).decide(standing.scope)) };
      default:
        return step satisfies never;
    }
  }

  private async publish({ id, type, source, subject, data }: PublishStep, { run, scope }: Standing): Promise<Outcome> {
    const about = subject === undefined ? '' : fillText(subject, scope);
    const event: Envelope = {
      ...this.caused(run, id),
      source: source ?? `/workflows/${run.workflow.id}`,
      type,
      ...(about === '' ? {} : { subject: about }),
      ...(data === undefined ? {} : { data: fillAll(data, scope) }),
    };
    const [outcome] = await this.publishing.publish([event]);
    if (outcome !== undefined && 'refused' in outcome) throw outcome.refused;
    const { source: from } = event;
    return { kind: 'done', output: { source: from, id: event.id, type }, detail: `${type} ${event.id}` };
  }

  private async notify(step: NotifyStep, { run, scope }: Standing): Promise<Outcome> {
    const users = usersIn(
      typeof step.users === 'string' ? fill(step.users, scope) : step.users.map((user) => fill(user, scope)),
    );
    if (users.length === 0) return { kind: 'done', output: { users: 0 }, detail: 'nobody' };
    const event: Envelope = {
      ...this.caused(run, step.id),
      source: OWN_SOURCE,
      type: 'usher.workflow.notified',
      subject: `workflow-runs/${run.id}`,
      dataschema: dataschemaOf('usher.workflow.notified'),
      data: {
        workflow: { id: run.workflow.id, name: run.workflow.name },
        run: { id: run.id },
        users,
        event_id: step.event_id === undefined ? null : idIn(fill(step.event_id, scope)),
        title: fillText(step.title, scope),
        message: fillText(step.message, scope),
        actor: SYSTEM_ACTOR,
      } satisfies WorkflowNotifiedV1,
    };
    await this.publishing.publishOwn(event);
    return { kind: 'done', output: { users: users.length }, detail: `${users.length} users` };
  }

  private async call(step: CallStep, { run, scope }: Standing, signal: AbortSignal): Promise<Outcome> {
    const timeout = AbortSignal.timeout(millisecondsOf(step.timeout));
    return this.calls.send(this.requestOf(step, { run, scope }), AbortSignal.any([signal, timeout]));
  }

  private requestOf(step: CallStep, { run, scope }: Standing): HttpCall {
    const headers = Object.entries(this.secrets.open(run.workflow.id, step));
    const given = headers.map(([name, value]) => [name.toLowerCase(), headerValue(fillText(value, scope))] as const);
    const { traceparent } = run.event;
    return {
      method: step.method,
      url: fillText(step.url, scope, urlPart),
      headers: {
        'user-agent': 'Usher',
        ...(step.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...Object.fromEntries(given),
        ...(traceparent === undefined ? {} : { traceparent }),
        'idempotency-key': keyOf(run, step.id),
      },
      body: step.body === undefined ? null : JSON.stringify(fillAll(step.body, scope)),
    };
  }

  private caused(run: Run, stepId: string): Omit<Envelope, 'source' | 'type'> & Pick<Envelope, 'specversion' | 'id'> {
    return {
      specversion: '1.0',
      id: keyOf(run, stepId),
      time: this.clock.now().toISOString(),
      datacontenttype: 'application/json',
      causationid: run.event.id,
      [DEPTH]: run.depth,
    };
  }
}

/** The same however often the step is performed. */
const keyOf = (run: Run, stepId: string): string => `${run.id}.${stepId}`;

const decided = (output: boolean): { output: boolean; detail: string } => ({ output, detail: String(output) });

function usersIn(value: unknown): string[] {
  const users = [...new Set([value].flat().map(idIn))];
  if (users.length > MAX_NOTIFIED)
    throw notValid(`These are ${users.length} users; at most ${MAX_NOTIFIED} are told at once.`);
  return users;
}

function idIn(value: unknown): string {
  const { success, data } = idSchema.safeParse(value);
  if (!success) throw notValid(`${JSON.stringify(value).slice(0, 50)} is no id.`);
  return data;
}

/** A part of a path must not lead elsewhere than its step was written for. */
function urlPart(value: string): string {
  if (/^\.{0,2}$/.test(value)) throw notValid('An expression in the URL comes to nothing, or to dots.');
  return encodeURIComponent(value);
}

function headerValue(value: string): string {
  if (!/^[\t\x20-\x7e]*$/.test(value)) throw notValid('An expression in a header comes to what headers must not have.');
  return value;
}

const notValid = (message: string): UsherError => new UsherError('validation-failed', message);
