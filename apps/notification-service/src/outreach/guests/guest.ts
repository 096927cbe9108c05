import type { Happening } from '../../intake/happening.js';

/** Somebody without an account who is going to an event. */
export interface Guest {
  booking_id: string;
  event_id: string;
  attendee_id: string;
}

/** What a happening means for who is going. */
export type GuestChange =
  | { kind: 'comes'; guest: Guest }
  | { kind: 'stays-away'; bookingId: string }
  /** There is nothing left to go to. */
  | { kind: 'all-stay-away'; eventId: string };

/** Undefined where it means nothing. Those who wait for a seat are not going yet. */
export function guestChangeOf({ type, data }: Happening): GuestChange | undefined {
  switch (type) {
    case 'usher.booking.confirmed':
    case 'usher.booking.promoted': {
      const { booking, event } = data;
      if (booking.owner_id !== null) return undefined;
      return { kind: 'comes', guest: { booking_id: booking.id, event_id: event.id, attendee_id: booking.attendee_id } };
    }
    case 'usher.booking.canceled':
      return data.booking.owner_id === null ? { kind: 'stays-away', bookingId: data.booking.id } : undefined;
    case 'usher.event.deleted':
    case 'usher.event.completed':
      return { kind: 'all-stay-away', eventId: data.event.id };
    default:
      return undefined;
  }
}
