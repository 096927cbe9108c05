import type { EventResource, EventStatus, UsherEventType } from '#contracts';
import { UsherError } from '#kernel';

type TimeName = 'start_time' | 'end_time' | 'created_at' | 'updated_at';

/** One event as it stands: the resource of the contract with times as dates and without what follows from the rest. */
export type EventState = {
  [Name in Exclude<keyof EventResource, 'seats_left'>]: Name extends TimeName ? Date : EventResource[Name];
} & {
  /** How many changes of bookings have moved its seats; the event's own version does not count them. */
  seats_version: number;
};

/** The members that people set; everything else is Usher's own. */
export const DETAIL_NAMES = [
  'title',
  'description',
  'location',
  'country',
  'timezone',
  'start_time',
  'end_time',
  'tags',
  'max_attendees',
  'status',
  'attachment_url',
  'coordinates',
] as const satisfies readonly (keyof EventState)[];
export type DetailName = (typeof DETAIL_NAMES)[number];
export type EventDetails = Pick<EventState, DetailName>;

/** What one change is called in the log, and which members it altered; its version and time are those of the new state. */
export interface EventChange {
  type: Exclude<Extract<UsherEventType, `usher.event.${string}`>, 'usher.event.reminder'>;
  changed: readonly DetailName[];
}

/** The outcome of a command: the state after it, and what to tell the world; null where nothing happened. */
export interface Decision {
  state: EventState;
  change: EventChange | null;
}

/** The log stream of one event. */
export const streamOf = (id: string): string => `event/${id}`;

const TRANSITIONS: Record<EventStatus, readonly EventStatus[]> = {
  scheduled: ['canceled', 'completed'],
  canceled: [],
  completed: [],
};

/** What may still change where an event is no longer scheduled: slides and recordings come after the event. */
const AFTERWARDS: Record<EventStatus, readonly DetailName[]> = {
  scheduled: DETAIL_NAMES,
  canceled: [],
  completed: ['attachment_url'],
};

const TYPE_OF_STATUS = {
  scheduled: 'usher.event.updated',
  canceled: 'usher.event.canceled',
  completed: 'usher.event.completed',
} as const satisfies Record<EventStatus, UsherEventType>;

export interface NewEvent {
  id: string;
  creator: EventState['created_by'];
  details: EventDetails;
}

/** A new event is scheduled and starts from now on. */
export function createEvent({ id, creator, details }: NewEvent, now: Date): Decision {
  if (details.status !== 'scheduled') throw invalid('status', 'must be scheduled when an event is created');
  requireNotPast(details.start_time, now);
  requireOrder(details, 'end_time');
  const own = { booked_seats: 0, waitlist_length: 0, seats_version: 0, version: 1, created_at: now, updated_at: now };
  return {
    state: { id, ...details, created_by: creator, ...own },
    change: { type: 'usher.event.created', changed: [] },
  };
}

/**
 * Gives an event other details. What does not change is not judged again: an event that has begun keeps its start, but
 * none is moved into the past.
 */
export function updateEvent(state: EventState, details: EventDetails, now: Date): Decision {
  const changed = DETAIL_NAMES.filter((name) => !same(state[name], details[name]));
  if (changed.length === 0) return { state, change: null };
  requireOpen(state, changed);
  if (changed.includes('status') && !TRANSITIONS[state.status].includes(details.status)) throw notScheduled(state);
  if (changed.includes('start_time')) requireNotPast(details.start_time, now);
  requireOrder(details, changed.includes('end_time') ? 'end_time' : 'start_time');
  if (details.max_attendees !== null && details.max_attendees < state.booked_seats) throw belowBooked(state);
  const type = changed.includes('status') ? TYPE_OF_STATUS[details.status] : 'usher.event.updated';
  return { state: advance({ ...state, ...details }, now), change: { type, changed } };
}

/** Calls an event off. Canceling what is canceled changes nothing; what is completed took place. */
export const cancelEvent = (state: EventState, now: Date): Decision =>
  updateEvent(state, { ...state, status: 'canceled' }, now);

/** Completes an event whose end has come; any other, and one that is not scheduled any more, stays as it is. */
export function completeEvent(state: EventState, now: Date): Decision {
  if (state.status !== 'scheduled' || state.end_time > now) return { state, change: null };
  return updateEvent(state, { ...state, status: 'completed' }, now);
}

/** Removes an event in whatever status; what is told of it is its last state, one version on. */
export const deleteEvent = (state: EventState, now: Date): Decision => ({
  state: advance(state, now),
  change: { type: 'usher.event.deleted', changed: [] },
});

/** Clocks of several instances differ, and a stream must not run backwards in time: a change is never before the last. */
const advance = (state: EventState, now: Date): EventState => ({
  ...state,
  version: state.version + 1,
  updated_at: now > state.updated_at ? now : state.updated_at,
});

/** Members are JSON values and dates, written in one order of keys. */
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function requireOpen(state: EventState, changed: readonly DetailName[]): void {
  if (!changed.every((name) => AFTERWARDS[state.status].includes(name))) throw notScheduled(state);
}

function requireNotPast(start: Date, now: Date): void {
  if (start < now) throw invalid('start_time', 'must not be in the past');
}

function requireOrder({ start_time, end_time }: EventDetails, blamed: DetailName): void {
  if (end_time > start_time) return;
  throw invalid(blamed, blamed === 'end_time' ? 'must be after start_time' : 'must be before end_time');
}

const invalid = (name: DetailName, message: string): UsherError =>
  new UsherError('validation-failed', `${name} ${message}.`, { errors: [{ pointer: `/${name}`, message }] });

const notScheduled = ({ status }: EventState): UsherError =>
  new UsherError('event-not-scheduled', `The event is ${status} and can no longer be changed in this way.`);

const belowBooked = ({ booked_seats }: EventState): UsherError =>
  new UsherError('capacity-below-booked', `max_attendees must not be below the ${booked_seats} seats that are booked.`);
