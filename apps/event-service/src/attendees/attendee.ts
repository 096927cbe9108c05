/** One person who can be booked for. Not unique by address: nobody learns here who else is registered. */
export interface AttendeeState {
  id: string;
  name: string;
  email: string;
  phone: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string | null;
  notes: string | null;
  /** The user who registered them; null where nobody with an account did. */
  registered_by: string | null;
  /** The user whose own attendee this is: who books for themself. */
  user_id: string | null;
  /** Of the token that manages them; null where an account does. */
  token_hash: string | null;
  /** Goes up with every change; the entity tag. */
  version: number;
  created_at: Date;
  updated_at: Date;
}

/** The members that people set; everything else is Usher's own. */
export const DETAIL_NAMES = [
  'name',
  'email',
  'phone',
  'country',
  'notes',
] as const satisfies readonly (keyof AttendeeState)[];
export type DetailName = (typeof DETAIL_NAMES)[number];
export type AttendeeDetails = Pick<AttendeeState, DetailName>;

/** A JSON Merge Patch (RFC 7396) over details: what is undefined stays, what is null is removed. */
export type DetailsPatch = { readonly [Name in DetailName]?: AttendeeDetails[Name] | undefined };

/** What an attendee of one's own is made from. */
export interface AttendingUser {
  id: string;
  email: string;
  username: string;
  full_name: string | null;
}

/** The outcome of an update: the state after it, and the members that it altered; none where nothing happened. */
export interface Decision {
  state: AttendeeState;
  changed: readonly DetailName[];
}

/** The log stream of one attendee. */
export const streamOf = (id: string): string => `attendee/${id}`;

export interface NewAttendee {
  id: string;
  details: AttendeeDetails;
  registered_by: string | null;
  token_hash: string;
}

/** An attendee in their first version. */
export function registerAttendee({ id, details, registered_by, token_hash }: NewAttendee, now: Date): AttendeeState {
  return { id, ...details, registered_by, user_id: null, token_hash, ...firstVersion(now) };
}

/** A user as an attendee: managed by the account, without a token. */
export function registerSelf(id: string, user: AttendingUser, now: Date): AttendeeState {
  const details = { name: user.full_name ?? user.username, email: user.email, phone: null, country: null, notes: null };
  return { id, ...details, registered_by: user.id, user_id: user.id, token_hash: null, ...firstVersion(now) };
}

/** Gives an attendee other details; a patch that changes nothing leaves the state as it is. */
export function updateAttendee(state: AttendeeState, patch: DetailsPatch, now: Date): Decision {
  const changed = DETAIL_NAMES.filter((name) => patch[name] !== undefined && patch[name] !== state[name]);
  if (changed.length === 0) return { state, changed };
  const values = Object.fromEntries(changed.map((name) => [name, patch[name]]));
  return { state: advance({ ...state, ...values }, now), changed };
}

/** Removes an attendee: their last state, one version on. */
export const removeAttendee = (state: AttendeeState, now: Date): AttendeeState => advance(state, now);

const firstVersion = (now: Date) => ({ version: 1, created_at: now, updated_at: now });

/** Clocks of several instances differ, and a stream must not run backwards in time: a change is never before the last. */
const advance = (state: AttendeeState, now: Date): AttendeeState => ({
  ...state,
  version: state.version + 1,
  updated_at: now > state.updated_at ? now : state.updated_at,
});
