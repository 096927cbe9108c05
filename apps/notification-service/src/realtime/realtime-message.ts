import type { LiveNotification } from './live-session.js';

/** What one commit of intake told people: everything in the positions above `after`, up to and including `upTo`. */
export interface CommittedBatch {
  after: number;
  upTo: number;
  /** Null where they are too many to send along: they are read from history. */
  notifications: LiveNotification[] | null;
}

/** What instances of notification-service tell one another over the fan-out exchange. */
export type RealtimeMessage =
  | ({ kind: 'committed' } & CommittedBatch)
  /** A user has read something: their sessions count again. */
  | { kind: 'read'; userId: string };
