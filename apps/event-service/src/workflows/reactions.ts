import { Injectable } from '@nestjs/common';
import { type Envelope, isUsherEventType, parseData, type UsherEventData, type UsherEventType } from '#contracts';
import { inLanes, UsherError } from '#kernel';
import { continueTrace, type ExecutionContext, runInContext } from '#observability';

/** Things that are dealt with at once: transactions, of whose connections requests need the most. */
const LANES = 8;

/** A message that a feature reacts to, its data checked against its type's contract. */
export type Trigger<T extends UsherEventType = UsherEventType> = {
  [Type in T]: { type: Type; data: UsherEventData<Type>; envelope: Envelope };
}[T];

/** What a feature does about messages of some types. */
export interface Reaction<T extends UsherEventType> {
  on: readonly T[];
  /** The id of the thing to look at. Messages of one batch about the same thing are one call, with the newest of them. */
  about: (trigger: Trigger<T>) => string;
  /**
   * Looks at how things stand and does what is left to do: a trigger may come late, again, or for several. What it logs and
   * appends to the event log names the trigger as its cause. Throws a retryable error to have it tried again, any other
   * to have the message parked.
   */
  react: (trigger: Trigger<T>) => Promise<void>;
}

type Work = () => Promise<void>;

/** What this service's features do about what has happened. They register at module init; nobody is known here. */
@Injectable()
export class Reactions {
  private readonly types = new Set<string>();
  private readonly reactions: ((triggers: readonly Trigger[]) => Work[])[] = [];

  register<T extends UsherEventType>({ on, about, react }: Reaction<T>): void {
    const isMine = (trigger: Trigger): trigger is Trigger & Trigger<T> => on.some((type) => type === trigger.type);
    for (const type of on) this.types.add(type);
    this.reactions.push((triggers) => {
      const newest = new Map(triggers.filter(isMine).map((trigger) => [about(trigger), trigger]));
      return [...newest.values()].map(
        (trigger) => () => runInContext(contextOf(trigger.envelope), () => react(trigger)),
      );
    });
  }

  /**
   * Has every reaction deal with its messages, one reaction after the other, and within it different things side by side.
   * Throws `validation-failed` where a message does not fit its contract, and what a reaction throws; by then nothing is
   * under way any more.
   */
  async react(envelopes: readonly Envelope[]): Promise<void> {
    const triggers = envelopes.flatMap((envelope) => this.triggerOf(envelope) ?? []);
    for (const workOn of this.reactions) await inLanes(LANES, workOn(triggers));
  }

  /** Undefined where nobody reacts to it. */
  private triggerOf(envelope: Envelope): Trigger | undefined {
    const { type, data, dataschema } = envelope;
    if (!isUsherEventType(type)) throw new UsherError('validation-failed', `There is no type ${type}.`);
    if (!this.types.has(type)) return undefined;
    try {
      return { type, data: parseData(type, data, dataschema), envelope } as Trigger;
    } catch (error) {
      throw new UsherError('validation-failed', `The data of ${type} does not fit its schema.`, { cause: error });
    }
  }
}

/** What is done because of a message belongs to the same trace and names it as its cause. */
function contextOf({ id, traceparent, correlationid }: Envelope): ExecutionContext {
  const trace = continueTrace(traceparent);
  return { trace, correlationId: correlationid ?? trace.traceId, causationId: id };
}
