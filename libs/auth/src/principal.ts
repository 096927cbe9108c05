import { UsherError } from '#kernel';

/** Who calls, as a verified access token says. */
export interface Principal {
  /** A user's or a service client's id. */
  id: string;
  username: string;
  roles: readonly Role[];
  /** OAuth 2.0 scopes; empty for people. */
  scopes: readonly string[];
  expiresAt: Date;
  /** The token's `jti`. */
  tokenId: string;
}

export const ROLES = ['user', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const isAdmin = (principal: Principal): boolean => principal.roles.includes('admin');

/** Whether the caller owns the thing or is an admin. */
export const mayManage = (principal: Principal, ownerId: string): boolean =>
  principal.id === ownerId || isAdmin(principal);

/** Throws `forbidden` unless the caller owns the thing or is an admin. */
export function requireManage(principal: Principal, ownerId: string): void {
  if (!mayManage(principal, ownerId)) throw new UsherError('forbidden', 'Only its creator or an admin may do this.');
}
