import { describe, expect, it } from '@jest/globals';
import { bookingData, changedData, person } from '../../test/messages.js';
import { defaultPreferences, type PreferenceSettings } from '../preferences/preference.js';
import { guestChangeOf } from './guests/guest.js';
import { dueAt, guestOf, isStale } from './outreach.js';

const NOW = new Date('2026-11-20T23:30:00.000Z');
const event = { id: '6'.repeat(24), by: person('ada') };
const preferring = (settings: Partial<PreferenceSettings>) => ({ ...defaultPreferences('a'.repeat(24)), ...settings });
const NIGHT = { from: '22:00', to: '07:00', timezone: 'UTC' };

describe('a guest', () => {
  it('is whoever has been booked for by nobody with an account', () => {
    const data = bookingData('confirmed', { event, owner: null });
    const guest = { kind: 'attendee', id: data.booking.attendee_id };
    expect(guestOf({ type: 'usher.booking.confirmed', data })).toEqual(guest);
  });

  it('is nobody where the booking has an owner, who is told as such, or where there is no booking', () => {
    const data = bookingData('confirmed', { event, owner: person('grace') });
    expect(guestOf({ type: 'usher.booking.confirmed', data })).toBeUndefined();
    expect(guestOf({ type: 'usher.event.updated', data: changedData(event.id, event.by) })).toBeUndefined();
  });
});

describe('who is going without an account', () => {
  const data = (owner: ReturnType<typeof person> | null) =>
    bookingData('confirmed', { event, owner, id: 'b'.repeat(24) });

  it('comes with a seat, and stays away without', () => {
    const booked = data(null);
    const guest = { booking_id: 'b'.repeat(24), event_id: event.id, attendee_id: booked.booking.attendee_id };
    for (const type of ['usher.booking.confirmed', 'usher.booking.promoted'] as const)
      expect(guestChangeOf({ type, data: booked })).toEqual({ kind: 'comes', guest });
    expect(guestChangeOf({ type: 'usher.booking.waitlisted', data: booked })).toBeUndefined();
    const gone = { kind: 'stays-away', bookingId: 'b'.repeat(24) };
    expect(guestChangeOf({ type: 'usher.booking.canceled', data: booked })).toEqual(gone);
  });

  it('is not who has an account, and nobody when there is nothing to go to', () => {
    for (const type of ['usher.booking.confirmed', 'usher.booking.canceled'] as const)
      expect(guestChangeOf({ type, data: data(person('grace')) })).toBeUndefined();
    const changed = changedData(event.id, event.by);
    const none = { kind: 'all-stay-away', eventId: event.id };
    expect(guestChangeOf({ type: 'usher.event.deleted', data: changed })).toEqual(none);
  });
});

describe('when a person is to be sent an e-mail', () => {
  const of = (type: 'booking.confirmed' | 'event.updated', settings: Partial<PreferenceSettings> = {}) =>
    dueAt(preferring(settings), { type, channel: 'email' }, NOW);

  it('of what is worth one: at once', () => expect(of('booking.confirmed')).toEqual(NOW));

  it('of what they have not asked for, or have asked not to get: never', () => {
    expect(of('event.updated')).toBeUndefined();
    expect(of('booking.confirmed', { types: { 'booking.confirmed': { email: false } } })).toBeUndefined();
  });

  it('in their quiet hours: when those end, or never', () => {
    const morning = new Date('2026-11-21T07:00:00.000Z');
    expect(of('booking.confirmed', { quiet_hours: { ...NIGHT, mode: 'queue' } })).toEqual(morning);
    expect(of('booking.confirmed', { quiet_hours: { ...NIGHT, mode: 'skip' } })).toBeUndefined();
  });
});

it('nobody is written to of what happened more than a day ago', () => {
  expect(isStale(new Date('2026-11-19T23:30:00.000Z'), NOW)).toBe(false);
  expect(isStale(new Date('2026-11-19T23:29:59.999Z'), NOW)).toBe(true);
});
