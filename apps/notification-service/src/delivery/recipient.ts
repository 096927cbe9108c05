export const RECIPIENT_KINDS = ['user', 'attendee'] as const;

/** A person whom a delivery is for: with an account, or booked for without one. */
export interface Recipient {
  kind: (typeof RECIPIENT_KINDS)[number];
  id: string;
}
