import { mayManage, type Principal } from '#auth';
import { type Actor, GUEST_ACTOR } from '#contracts';
import type { AttendeeState } from './attendee.js';
import { readAttendeeToken, sameHash } from './attendee-token.js';

/** Who asks about attendees and their bookings: a user, the holder of an attendee's token, both, or nobody known. */
export interface AttendeeCaller {
  principal?: Principal | undefined;
  /** As it came; it may be no token at all. */
  token?: string | undefined;
}

/** Whether the caller holds this attendee's token, has registered them, or is an admin; either of both credentials will do. */
export function mayManageAttendee(state: AttendeeState, { principal, token }: AttendeeCaller): boolean {
  return holdsToken(state, token) || (principal !== undefined && mayManage(principal, state.registered_by ?? ''));
}

/** Whether this is the token of that attendee. */
export function holdsToken({ id, token_hash }: AttendeeState, token: string | undefined): boolean {
  const given = readAttendeeToken(token);
  return given?.attendeeId === id && token_hash !== null && sameHash(given.hash, token_hash);
}

/** Who did it, as the log tells: the account where there is one. */
export const actorOf = ({ principal }: AttendeeCaller): Actor =>
  principal === undefined ? GUEST_ACTOR : { id: principal.id, username: principal.username };
