import type { NotificationType } from '#contracts';
import type { Recipient } from '../delivery/recipient.js';
import type { Happening } from '../intake/happening.js';
import { decide, type NotificationChannel, type Preferences } from '../preferences/preference.js';

/** Something that one person is told of. */
export interface Told {
  /** Where in the archive that is. */
  position: number;
  type: NotificationType;
  recipient: Recipient;
}

/** How old what happened may be. A message that comes later than that tells people what they have long found out. */
const LONGEST_DELAY_MS = 24 * 60 * 60_000;

export const isStale = (archivedAt: Date, now: Date): boolean =>
  now.getTime() - archivedAt.getTime() > LONGEST_DELAY_MS;

/** Who has been booked for by nobody with an account, and so has no history to be told in; undefined where there is none. */
export function guestOf({ data }: Happening): Recipient | undefined {
  if (!('booking' in data) || data.booking.owner_id !== null) return undefined;
  return { kind: 'attendee', id: data.booking.attendee_id };
}

/** When a person is to be sent a message; undefined where they are not. */
export function dueAt(
  preferences: Preferences,
  { type, channel }: { type: NotificationType; channel: NotificationChannel },
  now: Date,
): Date | undefined {
  const decision = decide(preferences, { type, channel, hasDevice: false, now });
  switch (decision.kind) {
    case 'send':
      return now;
    case 'queue':
      return decision.until;
    case 'skip':
      return undefined;
    default:
      return decision satisfies never;
  }
}
