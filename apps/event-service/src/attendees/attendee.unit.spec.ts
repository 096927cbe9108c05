import { describe, expect, it } from '@jest/globals';
import {
  type AttendeeState,
  type DetailsPatch,
  registerAttendee,
  registerSelf,
  removeAttendee,
  updateAttendee,
} from './attendee.js';

const at = (time: string): Date => new Date(`2026-11-20T${time}:00.000Z`);
const ID = 'a'.repeat(24);
const USER = 'b'.repeat(24);
const details = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  phone: '+44 20 7946 0958',
  country: 'GB',
  notes: null,
};

/** An attendee who was registered at ten and is what the members given say. */
const given = (members: Partial<AttendeeState> = {}): AttendeeState => ({
  ...registerAttendee({ id: ID, details, registered_by: null, token_hash: 'hash' }, at('10:00')),
  ...members,
});

describe('registering', () => {
  it('makes a first version of what was said, with a token', () => {
    const state = registerAttendee({ id: ID, details, registered_by: USER, token_hash: 'hash' }, at('10:00'));
    const own = { registered_by: USER, user_id: null, token_hash: 'hash' };
    expect(state).toEqual({ id: ID, ...details, ...own, version: 1, created_at: at('10:00'), updated_at: at('10:00') });
  });

  it('makes a user an attendee of their own, without a token', () => {
    const user = { id: USER, email: 'ada@example.com', username: 'ada', full_name: 'Ada Lovelace' };
    const state = registerSelf(ID, user, at('10:00'));
    expect(state).toMatchObject({
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      phone: null,
      notes: null,
      version: 1,
    });
    expect(state).toMatchObject({ registered_by: USER, user_id: USER, token_hash: null });
  });

  it('calls a user without a full name by their username', () => {
    const user = { id: USER, email: 'ada@example.com', username: 'ada', full_name: null };
    expect(registerSelf(ID, user, at('10:00')).name).toBe('ada');
  });
});

describe('updating', () => {
  const update = (patch: DetailsPatch, state = given(), now = at('11:00')) => updateAttendee(state, patch, now);

  it('changes what is named, keeps the rest, and moves on by one version', () => {
    const { state, changed } = update({ name: 'Ada King', country: 'FR' });
    expect(changed).toEqual(['name', 'country']);
    expect(state).toEqual(given({ name: 'Ada King', country: 'FR', version: 2, updated_at: at('11:00') }));
  });

  it('removes by null', () => {
    expect(update({ phone: null, country: null })).toMatchObject({
      state: { phone: null, country: null },
      changed: ['phone', 'country'],
    });
  });

  it.each<[string, DetailsPatch]>([
    ['says nothing', {}],
    ['says what is so already', { name: 'Ada Lovelace', notes: null }],
    ['leaves everything undefined', { name: undefined, phone: undefined }],
  ])('is no change where the patch %s', (_, patch) => {
    const state = given();
    expect(update(patch, state)).toEqual({ state, changed: [] });
  });

  it('never goes back in time', () => {
    expect(update({ name: 'Ada King' }, given(), at('09:00')).state.updated_at).toEqual(at('10:00'));
  });
});

it('removing moves on by one version', () => {
  expect(removeAttendee(given({ version: 7 }), at('12:00'))).toMatchObject({ version: 8, updated_at: at('12:00') });
});
