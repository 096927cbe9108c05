import { stringify } from 'csv-stringify/sync';
import type { GuestResource } from './guest-list.dto.js';
import { inert } from './inert.js';

/** A guest as a row, what is needed at the door first. */
const toRow = ({ id, booking, ...person }: GuestResource) => ({
  name: person.name,
  seats: booking.seats,
  status: booking.status,
  code: booking.code,
  email: person.email,
  phone: person.phone,
  country: person.country,
  notes: person.notes,
  booked_at: booking.created_at,
  checked_in_at: booking.checked_in_at,
  booking_id: booking.id,
  attendee_id: id,
});

const COLUMNS: readonly (keyof ReturnType<typeof toRow>)[] = [
  ...(['name', 'seats', 'status', 'code', 'email', 'phone', 'country', 'notes'] as const),
  ...(['booked_at', 'checked_in_at', 'booking_id', 'attendee_id'] as const),
];

/** RFC 4180; every text is made inert, whatever column it is in. */
const OPTIONS = { columns: [...COLUMNS], record_delimiter: 'windows', eof: true, cast: { string: inert } };

/** What the file begins with: the mark by which Excel knows UTF-8, and the names of the columns. */
export const csvHead = (): string => stringify([], { ...OPTIONS, bom: true, header: true });

export const csvRows = (guests: readonly GuestResource[]): string => stringify(guests.map(toRow), OPTIONS);
