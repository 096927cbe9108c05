import type { Scope } from '#contracts';
import { UsherError } from '#kernel';

/** Who calls, as a verified access token says. */
export interface Principal {
  /** A user's or a service client's id. */
  id: string;
  /** A service client's name, as it is shown. */
  username: string;
  /** Every person has `user`; service clients have none. */
  roles: readonly Role[];
  /** OAuth 2.0 scopes; empty for people. */
  scopes: readonly string[];
  expiresAt: Date;
  /** The token's `jti`. */
  tokenId: string;
}

export const ROLES = ['user', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Whether the caller is somebody, and not a service client. */
export const isPerson = ({ roles }: Principal): boolean => roles.length > 0;

/** Throws `forbidden` for a service client. */
export function requirePerson(principal: Principal): void {
  if (!isPerson(principal)) throw new UsherError('forbidden', 'This is for people, not for service clients.');
}

/** Whether the caller may do what the scope stands for: has it, or has `admin`, as a scope or as a role. */
export const hasScope = (principal: Principal, scope: Scope): boolean =>
  isAdmin(principal) || principal.scopes.includes(scope) || principal.scopes.includes('admin');

export const isAdmin = (principal: Principal): boolean => principal.roles.includes('admin');

/** Whether the caller owns the thing or is an admin. */
export const mayManage = (principal: Principal, ownerId: string): boolean =>
  principal.id === ownerId || isAdmin(principal);

/** Throws `forbidden` unless the caller owns the thing or is an admin. */
export function requireManage(principal: Principal, ownerId: string): void {
  if (!mayManage(principal, ownerId)) throw new UsherError('forbidden', 'Only its creator or an admin may do this.');
}
