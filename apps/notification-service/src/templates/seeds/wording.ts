import type { NotificationType } from '#contracts';

export type BookingType = Extract<NotificationType, `booking.${string}`>;
export type EventType = Exclude<NotificationType, BookingType>;

/** What one notification says, in Handlebars without markup: `<`, `>` and `&` do not stand in it. */
export interface Saying {
  subject: string;
  headline: string;
  lead: string;
}

/** All that Usher's own templates say in one language. */
export interface Wording {
  greeting: string;
  labels: { when: string; where: string; seats: string; code: string };
  /** What stands before the time that clocks show where the event takes place. */
  localTime: string;
  button: string;
  /** Why the reader gets this. */
  reason: string;
  unsubscribe: string;
  events: Record<EventType, Saying>;
  /** To whose booking it is, and to whoever organises the event. */
  bookings: Record<BookingType, { own: Saying; organizer: Saying }>;
}
