import type { Actor, Scope } from '#contracts';
import { UsherError } from '#kernel';

/** A program that calls Usher on its own account, and not for a person. */
export interface Client {
  id: string;
  name: string;
  /** What its tokens can be good for. */
  scopes: Scope[];
  created_by: Actor;
  created_at: Date;
  /** When it last got a token; null before the first. */
  last_used_at: Date | null;
}

/** What an admin says of a new client. */
export type Registration = Pick<Client, 'id' | 'name' | 'scopes' | 'created_by'>;

/** A client that has not got a token yet. */
export const newClient = (registration: Registration, now: Date): Client => ({
  ...registration,
  created_at: now,
  last_used_at: null,
});

/**
 * The scopes of a client's next token: those that it asks for, separated by spaces (RFC 6749, section 3.3), and all that
 * it has where it asks for none. Throws `invalid-scope` where it asks for one that it has not.
 */
export function grantScopes({ scopes }: Pick<Client, 'scopes'>, asked = ''): Scope[] {
  const names = asked.split(' ').filter((name) => name !== '');
  if (names.length === 0) return scopes;
  if (names.some((name) => !scopes.some((scope) => scope === name)))
    throw new UsherError('invalid-scope', `This client can have ${scopes.join(' ')}, and nothing else.`);
  return scopes.filter((scope) => names.includes(scope));
}
