import { Inject, Injectable } from '@nestjs/common';
import { type Principal, requireManage } from '#auth';
import { type Actor, parseData, SYSTEM_ACTOR } from '#contracts';
import type { Page, Precondition } from '#http';
import { type Clock, UsherError } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { EventLog, Transactions, Turns } from '#persistence';
import { CLOCK } from '../config.js';
import {
  cancelEvent,
  completeEvent,
  createEvent,
  type Decision,
  deleteEvent,
  type EventState,
  streamOf,
  updateEvent,
} from './event.js';
import {
  type DescribedEvent,
  type DetailsPatch,
  newDetails,
  patchedDetails,
  replacedDetails,
} from './event-details.js';
import { fromResource, toResource } from './event-resource.js';
import { EventsRepository } from './events.repository.js';
import type { ListEventsQuery } from './list/events.query.js';

/** Who asks for a change, and what they take the event to be. */
export interface ChangeRequest {
  principal: Principal;
  precondition: Precondition;
}

type Decide = (state: EventState, now: Date) => Decision;

/** One method per command; state and log entry are one transaction, and what it decides on is read within it. */
@Injectable()
export class EventsService {
  constructor(
    private readonly events: EventsRepository,
    private readonly turns: Turns,
    private readonly transactions: Transactions,
    private readonly log: EventLog,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async getEvent(id: string): Promise<EventState> {
    const state = await this.events.find(id);
    if (state === undefined) throw notFound();
    return state;
  }

  listEvents(query: ListEventsQuery): Promise<Page<EventState>> {
    return this.events.page(query, this.clock.now());
  }

  /** Creates the event of that id; where its creator has done so before, answers with what came of it then. */
  async createEvent(id: string, given: DescribedEvent, principal: Principal): Promise<EventState> {
    const creator = { id: principal.id, username: principal.username };
    const details = newDetails(given);
    try {
      const { state } = await this.commit(id, creator, async (now) => createEvent({ id, creator, details }, now));
      return state;
    } catch (error) {
      if (error instanceof UsherError && error.retryable) throw error;
      // Its id is taken, or it has become too late for it: perhaps this is a repetition.
      const first = await this.firstState(id);
      if (first?.created_by.id !== principal.id) throw error;
      return first;
    }
  }

  patchEvent(id: string, patch: DetailsPatch, request: ChangeRequest): Promise<EventState> {
    return this.manage(id, request, (state, now) => updateEvent(state, patchedDetails(state, patch), now));
  }

  replaceEvent(id: string, given: DescribedEvent, request: ChangeRequest): Promise<EventState> {
    return this.manage(id, request, (state, now) => updateEvent(state, replacedDetails(state, given), now));
  }

  cancelEvent(id: string, request: ChangeRequest): Promise<EventState> {
    return this.manage(id, request, cancelEvent);
  }

  deleteEvent(id: string, request: ChangeRequest): Promise<EventState> {
    return this.manage(id, request, deleteEvent);
  }

  /** Completes an event that is over; says whether it was this call that did. */
  async completeEvent(id: string): Promise<boolean> {
    const { change } = await this.commit(id, SYSTEM_ACTOR, async (now) => completeEvent(await this.getEvent(id), now));
    return change !== null;
  }

  private async manage(id: string, { principal, precondition }: ChangeRequest, decide: Decide): Promise<EventState> {
    const actor = { id: principal.id, username: principal.username };
    const { state } = await this.commit(id, actor, async (now) => {
      const present = await this.getEvent(id);
      requireManage(principal, present.created_by.id);
      precondition.require(present.version);
      return decide(present, now);
    });
    return state;
  }

  /** One transaction: what `decide` reads, what it decides, and what the log says of it. A lost race begins again. */
  private async commit(id: string, actor: Actor, decide: (now: Date) => Promise<Decision>): Promise<Decision> {
    const transaction = async (): Promise<Decision> => {
      const decided = await decide(this.clock.now());
      await this.record(decided, actor);
      return decided;
    };
    const decision = await this.turns.take(id, () => this.transactions.run(transaction));
    const { state, change } = decision;
    if (change !== null) {
      const { type, changed } = change;
      this.logger.info({ event_id: id, type, version: state.version, changed, actor }, 'event.changed');
    }
    return decision;
  }

  private async record({ state, change }: Decision, actor: Actor): Promise<void> {
    if (change === null) return;
    if (change.type === 'usher.event.created') await this.events.insert(state);
    else if (change.type === 'usher.event.deleted') await this.events.remove(state);
    else await this.events.update(state, change.changed);
    await this.log.append({
      stream: streamOf(state.id),
      version: state.version,
      type: change.type,
      subject: `events/${state.id}`,
      data: { event: toResource(state), changed: [...change.changed], actor },
      time: state.updated_at,
      actor,
    });
  }

  /** What an event was when it was created, whatever has become of it. */
  private async firstState(id: string): Promise<EventState | undefined> {
    const [entry] = await this.log.read(streamOf(id), { limit: 1 });
    if (entry === undefined) return undefined;
    return fromResource(parseData('usher.event.created', entry.data, entry.dataschema).event);
  }
}

const notFound = (): UsherError => new UsherError('not-found', 'There is no such event.');
