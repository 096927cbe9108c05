import type {
  AttendeeChangedV1,
  BookingChangedV1,
  BookingStatus,
  CancellationReason,
  EventChangedV1,
  EventReminderV1,
  UsherEventType,
} from '#contracts';
import { newId } from '#kernel';

export interface Person {
  id: string;
  username: string;
}

export const person = (username: string): Person => ({ id: newId(), username });

const SYSTEM = { id: null, username: 'system' };

/** An event as far as messages differ by it. */
export interface EventBy {
  id: string;
  by: Person;
}

export const changedData = (eventId: string, by: Person): EventChangedV1 => {
  const at = new Date().toISOString();
  return {
    event: {
      id: eventId,
      title: 'Analytical evening',
      description: '',
      location: 'London',
      country: null,
      timezone: 'UTC',
      start_time: at,
      end_time: at,
      tags: [],
      max_attendees: null,
      status: 'scheduled',
      attachment_url: null,
      coordinates: null,
      created_by: by,
      booked_seats: 0,
      seats_left: null,
      waitlist_length: 0,
      version: 1,
      created_at: at,
      updated_at: at,
    },
    changed: [],
    actor: by,
  };
};

export const reminderData = ({ id, by }: EventBy): EventReminderV1 => ({
  event: changedData(id, by).event,
  minutes_before: 60,
  actor: SYSTEM,
});

export const attendeeData = (actor: Person): AttendeeChangedV1 => ({ attendee: { id: newId() }, event_ids: [], actor });

export type BookingAction =
  Extract<UsherEventType, `usher.booking.${string}`> extends `usher.booking.${infer Action}` ? Action : never;

/** A booking as far as messages differ by it. */
export interface BookingOf {
  event: EventBy;
  /** Null where nobody with an account made it. */
  owner: Person | null;
  id?: string;
  reason?: CancellationReason;
  /** The owner where nobody is named; Usher itself for a promotion and a cascade. */
  actor?: Person;
}

const STATUS_AFTER: Record<BookingAction, BookingStatus> = {
  confirmed: 'confirmed',
  waitlisted: 'waitlisted',
  promoted: 'confirmed',
  canceled: 'canceled',
  checked_in: 'checked_in',
};

export function bookingData(
  action: BookingAction,
  { event, owner, id = newId(), ...more }: BookingOf,
): BookingChangedV1 {
  const at = new Date().toISOString();
  const reason = action === 'canceled' ? (more.reason ?? 'requested') : null;
  const bySystem = action === 'promoted' || (reason !== null && reason !== 'requested');
  return {
    booking: {
      id,
      attendee_id: newId(),
      owner_id: owner?.id ?? null,
      seats: 1,
      status: STATUS_AFTER[action],
      code: 'K7Q2M9XA',
      waitlist_ticket: null,
      cancellation_reason: reason,
      version: 1,
      created_at: at,
      canceled_at: action === 'canceled' ? at : null,
      checked_in_at: action === 'checked_in' ? at : null,
    },
    event: { id: event.id, title: 'Analytical evening', start_time: at, created_by: event.by },
    seats_left: null,
    actor: more.actor ?? (bySystem ? SYSTEM : (owner ?? { id: null, username: 'guest' })),
  };
}
