/**
 * What attendees need of their bookings; whoever keeps these attaches it. Called within the transaction that changes the
 * attendee: MongoDB work only, and what it throws undoes the change.
 */
export interface AttendeeBookings {
  /** The events that the attendee has a live booking for. */
  eventIds(attendeeId: string): Promise<string[]>;
  /** Keeps what is unique by address right. Throws `already-booked` where the new one has a booking for the same event. */
  emailChanged(attendeeId: string, email: string): Promise<void>;
  /** Erases what bookings keep of the person. */
  removed(attendeeId: string): Promise<void>;
}

/** Where nobody keeps bookings, there are none. */
export const NO_BOOKINGS: AttendeeBookings = {
  eventIds: async () => [],
  emailChanged: async () => undefined,
  removed: async () => undefined,
};
