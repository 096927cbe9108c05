import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import type { Actor, UsherEventType } from '#contracts';
import type { Page, PageRequest, Precondition } from '#http';
import { type Clock, newId, UsherError } from '#kernel';
import { type ExecutionContext, type Logger, LOGGER } from '#observability';
import { duplicateKeyFields, EventLog, type NewLogEntry, Transactions } from '#persistence';
import { CLOCK } from '../config.js';
import {
  type AttendeeDetails,
  type AttendeeState,
  type AttendingUser,
  type DetailsPatch,
  registerAttendee,
  registerSelf,
  removeAttendee,
  streamOf,
  updateAttendee,
} from './attendee.js';
import { type AttendeeBookings, NO_BOOKINGS } from './attendee-bookings.js';
import { actorOf, type AttendeeCaller, holdsToken, mayManageAttendee } from './attendee-caller.js';
import { hashOf, newAttendeeToken, readAttendeeToken } from './attendee-token.js';
import { AttendeesRepository } from './attendees.repository.js';

/** Who asks for a change, and what they take the attendee to be. */
export interface ChangeRequest {
  caller: AttendeeCaller;
  precondition: Precondition;
}

/** An attendee who is not recorded yet, and the token that will manage them: the only time that it is known. */
export interface PreparedAttendee {
  state: AttendeeState;
  token: string;
}

/** An attendee to record, who does so, and the request that led to it where several are recorded together. */
export interface Registration {
  state: AttendeeState;
  actor: Actor;
  context?: ExecutionContext;
}

type ChangeType = Extract<UsherEventType, `usher.attendee.${string}`>;

/** One method per command; state and log entry are one transaction, and what it decides on is read within it. */
@Injectable()
export class AttendeesService {
  private bookings = NO_BOOKINGS;

  constructor(
    private readonly attendees: AttendeesRepository,
    private readonly transactions: Transactions,
    private readonly log: EventLog,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Bookings know attendees and not the other way round: they say here what has to happen to them. */
  attach(bookings: AttendeeBookings): void {
    this.bookings = bookings;
  }

  /** An attendee as somebody described them, and their token; `insert` makes both good. */
  prepare(details: AttendeeDetails, registeredBy: Principal | undefined, id = newId()): PreparedAttendee {
    const token = newAttendeeToken(id);
    const registration = { id, details, registered_by: registeredBy?.id ?? null, token_hash: hashOf(token) };
    return { state: registerAttendee(registration, this.clock.now()), token };
  }

  /** A user as an attendee of their own. */
  prepareSelf(user: AttendingUser): { state: AttendeeState } {
    return { state: registerSelf(newId(), user, this.clock.now()) };
  }

  /**
   * Writes attendees within the running transaction, and answers with what the log is to say of them in it. Throws
   * MongoDB's duplicate key error where an id is taken or a user has an attendee of their own already.
   */
  async insert(registrations: readonly Registration[]): Promise<NewLogEntry[]> {
    if (registrations.length > 0) await this.attendees.insertMany(registrations.map(({ state }) => state));
    return registrations.map(registered);
  }

  /** Registers an attendee under that id; repeated after a crash, it answers with who is there and a new token. */
  async registerAttendee(
    id: string,
    details: AttendeeDetails,
    principal: Principal | undefined,
  ): Promise<PreparedAttendee> {
    const prepared = this.prepare(details, principal, id);
    const actor = actorOf({ principal });
    try {
      await this.transactions.run(async () => {
        await this.log.append(...(await this.insert([{ state: prepared.state, actor }])));
      });
    } catch (error) {
      if (duplicateKeyFields(error) === undefined) throw error;
      return this.renewToken(id);
    }
    this.tell('usher.attendee.registered', prepared.state, actor);
    return prepared;
  }

  /**
   * Another token in place of the first, for the repetition of a request whose answer was lost: only a hash is left of
   * what it told. Throws `conflict` where the attendee has been removed since.
   */
  async renewToken(id: string): Promise<PreparedAttendee> {
    const token = newAttendeeToken(id);
    const state = await this.attendees.replaceToken(id, hashOf(token));
    if (state === undefined) throw new UsherError('conflict', 'The attendee has been removed since.');
    return { state, token };
  }

  listAttendees(principal: Principal, request: PageRequest): Promise<Page<AttendeeState>> {
    return this.attendees.pageOf(principal.id, request);
  }

  /** Throws `not-found` for everybody who may not manage the attendee: nobody else learns that there is one. */
  async findManaged(id: string, caller: AttendeeCaller): Promise<AttendeeState> {
    const state = await this.attendees.find(id);
    if (state === undefined || !mayManageAttendee(state, caller)) throw notFound();
    return state;
  }

  /** By their ids, in one query; those who are not there are missing. */
  async findMany(ids: readonly string[]): Promise<Map<string, AttendeeState>> {
    const states = await this.attendees.findMany(ids);
    return new Map(states.map((state) => [state.id, state]));
  }

  /** By user, those who are attendees of their own. */
  async findOwn(userIds: readonly string[]): Promise<Map<string, AttendeeState>> {
    const states = await this.attendees.findOwn(userIds);
    return new Map(states.map((state) => [state.user_id ?? '', state]));
  }

  /**
   * Within the running transaction, keeps attendees as they were read until it ends: nobody can have removed one, or
   * changed an address, when it commits. Throws a retryable `conflict` where somebody has.
   */
  async hold(known: readonly Pick<AttendeeState, 'id' | 'version'>[]): Promise<void> {
    if (known.length > 0) await this.attendees.hold(known);
  }

  /** The attendee whose token the caller holds; undefined where there is none, or it is nobody's. */
  async identify({ token }: AttendeeCaller): Promise<AttendeeState | undefined> {
    const given = readAttendeeToken(token);
    if (given === undefined) return undefined;
    const state = await this.attendees.find(given.attendeeId);
    return state !== undefined && holdsToken(state, token) ? state : undefined;
  }

  /** Throws `not-found`, `precondition-failed`, and `already-booked` where the new address has a booking for the same event. */
  async patchAttendee(id: string, patch: DetailsPatch, request: ChangeRequest): Promise<AttendeeState> {
    const actor = actorOf(request.caller);
    const { state, changed } = await this.transactions.run(async () => {
      const decision = updateAttendee(await this.findToChange(id, request), patch, this.clock.now());
      if (decision.changed.length === 0) return decision;
      await this.attendees.update(decision.state, decision.changed);
      if (decision.changed.includes('email')) await this.bookings.emailChanged(id, decision.state.email);
      await this.append('usher.attendee.updated', decision.state, actor);
      return decision;
    });
    if (changed.length > 0) this.tell('usher.attendee.updated', state, actor, changed);
    return state;
  }

  /** Erases the person; what is left of them is a bare id. Throws `not-found` and `precondition-failed`. */
  async removeAttendee(id: string, request: ChangeRequest): Promise<void> {
    const actor = actorOf(request.caller);
    const state = await this.transactions.run(async () => {
      const removed = removeAttendee(await this.findToChange(id, request), this.clock.now());
      await this.append('usher.attendee.removed', removed, actor);
      await this.attendees.remove(removed);
      await this.bookings.removed(id);
      return removed;
    });
    this.tell('usher.attendee.removed', state, actor);
  }

  private async findToChange(id: string, { caller, precondition }: ChangeRequest): Promise<AttendeeState> {
    const state = await this.findManaged(id, caller);
    precondition.require(state.version);
    return state;
  }

  private async append(type: ChangeType, state: AttendeeState, actor: Actor): Promise<void> {
    await this.log.append(toEntry(type, state, actor, await this.bookings.eventIds(state.id)));
  }

  private tell(type: ChangeType, { id, version }: AttendeeState, actor: Actor, changed?: readonly string[]): void {
    this.logger.info({ attendee_id: id, type, version, changed, actor }, 'attendee.changed');
  }
}

const registered = ({ state, actor, context }: Registration): NewLogEntry => ({
  ...toEntry('usher.attendee.registered', state, actor, []),
  ...(context === undefined ? {} : { context }),
});

/** What the log says of a change: by id, and nothing of the person. */
const toEntry = (type: ChangeType, state: AttendeeState, actor: Actor, eventIds: string[]): NewLogEntry => ({
  stream: streamOf(state.id),
  version: state.version,
  type,
  subject: `attendees/${state.id}`,
  data: { attendee: { id: state.id }, event_ids: eventIds, actor },
  time: state.updated_at,
  actor,
});

const notFound = (): UsherError => new UsherError('not-found', 'There is no such attendee.');
