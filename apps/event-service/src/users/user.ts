import { GUEST_ACTOR, SYSTEM_ACTOR } from '#contracts';

/** What an account may be allowed; everybody has `user`. */
export type UserRole = 'user' | 'admin';

export interface User {
  id: string;
  /** As it was given; unique without regard to case. */
  email: string;
  username: string;
  full_name: string | null;
  is_verified: boolean;
  roles: UserRole[];
  /** BCP 47. */
  locale: string;
  /** IANA. */
  timezone: string;
  /** Goes up with every change; the entity tag. */
  version: number;
  /** Goes up with every new password; sessions begun with an older one have ended. */
  password_version: number;
  created_at: Date;
  updated_at: Date;
}

export interface Profile {
  full_name: string | null;
  locale: string;
  timezone: string;
}

/** The members to change; what is undefined stays. */
export type ProfilePatch = { [N in keyof Profile]?: Profile[N] | undefined };

export interface Registration extends ProfilePatch {
  email: string;
  username: string;
}

const DEFAULT_PROFILE: Profile = { full_name: null, locale: 'en', timezone: 'UTC' };

/** Whom notifications name where nobody acted, and where somebody without an account did. */
const RESERVED_USERNAMES = new Set([SYSTEM_ACTOR.username, GUEST_ACTOR.username]);

/** What two spellings of one name or address have in common. */
export const keyOf = (name: string): string => name.normalize('NFKC').toLowerCase();

export const isReserved = (username: string): boolean => RESERVED_USERNAMES.has(keyOf(username));

/** A new account in its first version. */
export function newUser(id: string, registration: Registration, roles: UserRole[], now: Date): User {
  return {
    id,
    email: registration.email,
    username: registration.username,
    full_name: registration.full_name ?? DEFAULT_PROFILE.full_name,
    locale: registration.locale ?? DEFAULT_PROFILE.locale,
    timezone: registration.timezone ?? DEFAULT_PROFILE.timezone,
    is_verified: false,
    roles,
    version: 1,
    password_version: 1,
    created_at: now,
    updated_at: now,
  };
}

/** The account after a merge patch of its profile; the same object where nothing would change. */
export function changeProfile(user: User, patch: ProfilePatch, now: Date): User {
  const { full_name = user.full_name, locale = user.locale, timezone = user.timezone } = patch;
  if (full_name === user.full_name && locale === user.locale && timezone === user.timezone) return user;
  return { ...user, full_name, locale, timezone, version: user.version + 1, updated_at: now };
}
