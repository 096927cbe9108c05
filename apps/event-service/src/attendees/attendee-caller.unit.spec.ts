import { describe, expect, it } from '@jest/globals';
import type { Principal, Role } from '#auth';
import { registerAttendee } from './attendee.js';
import { actorOf, type AttendeeCaller, mayManageAttendee } from './attendee-caller.js';
import { hashOf, newAttendeeToken, readAttendeeToken } from './attendee-token.js';

const ID = 'a'.repeat(24);
const OWNER = 'b'.repeat(24);
const token = newAttendeeToken(ID);
const details = { name: 'Ada', email: 'ada@example.com', phone: null, country: null, notes: null };
const attendee = registerAttendee(
  { id: ID, details, registered_by: OWNER, token_hash: hashOf(token) },
  new Date('2026-11-20T10:00:00Z'),
);
const unowned = { ...attendee, registered_by: null };
const withoutToken = { ...attendee, token_hash: null };

const principal = (id: string, roles: Role[] = ['user']): Principal => ({
  ...{ id, username: 'someone', roles, scopes: [] },
  ...{ expiresAt: new Date('2026-11-20T11:00:00Z'), tokenId: 't' },
});
const stranger = principal('c'.repeat(24));
const admin = principal('d'.repeat(24), ['user', 'admin']);

describe('an attendee is managed', () => {
  it.each<[string, AttendeeCaller]>([
    ['with their token', { token }],
    ['by who registered them', { principal: principal(OWNER) }],
    ['by an admin', { principal: admin }],
    ['by a stranger who holds the token', { principal: stranger, token }],
    ['by their owner, whatever token comes with it', { principal: principal(OWNER), token: 'nonsense' }],
  ])('%s', (_, caller) => {
    expect(mayManageAttendee(attendee, caller)).toBe(true);
  });
});

describe('an attendee is not managed', () => {
  it.each<[string, AttendeeCaller, typeof attendee?]>([
    ['by nobody known', {}],
    ['by a stranger', { principal: stranger }],
    ['by a stranger, where nobody registered them', { principal: stranger }, unowned],
    ['by nobody known, where there is neither owner nor token', {}, { ...unowned, token_hash: null }],
    ['with another token of theirs', { token: newAttendeeToken(ID) }],
    ['with the token of another', { token: newAttendeeToken('e'.repeat(24)) }],
    ['with the secret of their token under another id', { token: `${'e'.repeat(24)}${token.slice(24)}` }],
    ['with what is stored of their token', { token: hashOf(token) }],
    ['with any token where they have none', { token }, withoutToken],
    ['with an empty token', { token: '' }],
    ['with more than their token', { token: `${token}x` }],
    ['with their token and a line break', { token: `${token}\n` }],
  ])('%s', (_, caller, state = attendee) => {
    expect(mayManageAttendee(state, caller)).toBe(false);
  });
});

describe('a token', () => {
  it('names its attendee, and has 256 random bits', () => {
    expect(token).toMatch(/^a{24}\.[\w-]{43}$/);
    expect(newAttendeeToken(ID)).not.toBe(token);
    expect(readAttendeeToken(token)).toEqual({ attendeeId: ID, hash: hashOf(token) });
  });

  it.each([
    undefined,
    '',
    'x',
    ID,
    `${ID}.`,
    `${ID}.${'x'.repeat(42)}`,
    `${ID}.${'+'.repeat(43)}`,
    `${'A'.repeat(24)}.${'x'.repeat(43)}`,
  ])('is not %s', (text) => {
    expect(readAttendeeToken(text)).toBeUndefined();
  });
});

describe('what the log says of who did it', () => {
  it('is the account, also where a token came with it', () => {
    expect(actorOf({ principal: stranger, token })).toEqual({ id: stranger.id, username: 'someone' });
  });

  it('is a guest where there is none: a token is nobody’s name', () => {
    expect(actorOf({ token })).toEqual({ id: null, username: 'guest' });
  });
});
