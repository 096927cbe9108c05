import { expect } from '@jest/globals';
import { parseData, type UsherEventType } from '#contracts';
import type { LogEntry } from '#persistence';
import { keyOf } from '../../users/user.js';
import { isLive } from '../booking.js';
import type { BookingDocument } from '../bookings.schema.js';
import type { BookingsApp } from './bookings-app.js';

/**
 * Expects of one event what must hold at every moment: seats and waitlist are what the bookings say, no seat is sold twice,
 * every change of them is counted and logged, and nobody keeps an address that is not theirs.
 */
export async function audit(app: BookingsApp, eventId: string): Promise<void> {
  const event = await app.event(eventId);
  const bookings = await app.bookings.find({ 'event.id': eventId }).toArray();
  const entries = new Map<string, LogEntry[]>();
  for (const { _id } of bookings) entries.set(_id, await app.log(`booking/${_id}`));

  const seated = bookings.filter(({ status }) => status === 'confirmed' || status === 'checked_in');
  const waiting = bookings.filter(({ status }) => status === 'waitlisted');
  expect(event.booked_seats).toBe(seated.reduce((sum, { seats }) => sum + seats, 0));
  expect(event.booked_seats).toBeLessThanOrEqual(event.max_attendees ?? Infinity);
  expect(event.waitlist_length).toBe(waiting.length);
  expect(new Set(waiting.map(({ waitlist_ticket }) => waitlist_ticket)).size).toBe(waiting.length);

  const moving = [...entries.values()].flat().filter(({ type }) => type !== 'usher.booking.checked_in');
  const stored = await app.connection.collection('events').findOne({ _id: eventId as never });
  expect(stored?.['seats_version']).toBe(moving.length);
  for (const booking of bookings) expectLogged(booking, entries.get(booking._id) ?? []);
  await expectAddresses(app, bookings);
}

/** State and log agree. */
function expectLogged(booking: BookingDocument, entries: readonly LogEntry[]): void {
  expect(entries.map(({ version }) => version)).toEqual(entries.map((_, n) => n + 1));
  const newest = entries.at(-1);
  const data = parseData(
    newest?.type as Extract<UsherEventType, `usher.booking.${string}`>,
    newest?.data,
    newest?.dataschema,
  );
  const { _id: id, seats, status, version, waitlist_ticket, attendee_id } = booking;
  expect(data.booking).toMatchObject({ id, seats, status, version, waitlist_ticket, attendee_id });
  expect(booking.live).toBe(isLive(booking));
}

/** A live booking is found by the present address of its attendee, and by no other. */
async function expectAddresses(app: BookingsApp, bookings: readonly BookingDocument[]): Promise<void> {
  const ids = bookings.map(({ attendee_id }) => attendee_id);
  const attendees = await app.connection
    .collection<{ _id: string; email: string }>('attendees')
    .find({ _id: { $in: ids } })
    .toArray();
  const keys = new Map(attendees.map(({ _id, email }) => [_id, keyOf(email)]));
  for (const booking of bookings)
    expect(booking.email_key).toBe(booking.live ? (keys.get(booking.attendee_id) ?? null) : null);
}
