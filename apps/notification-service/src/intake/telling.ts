import { type Announcement, recipientsOf } from './recipients.js';
import type { Standings } from './standings.js';

/** An announcement by the archive position of what it tells of. */
export interface Announced {
  position: number;
  announcement: Announcement;
}

export interface Telling<A extends Announced> {
  /** Who is told of what, each once; null is everyone. */
  told: { announced: A; userId: string | null }[];
  /** Whose follows begin with which booking. */
  begun: { announced: A; userId: string }[];
  /** The events whose follows end, those that have just begun included. */
  ended: string[];
}

/**
 * Whom a batch is told to, and which follows begin and end with it. Each announcement meets the `standings` as those
 * before it have left them, so that it makes no difference how messages fall into batches.
 */
export function tell<A extends Announced>(batch: readonly A[], standings: Standings): Telling<A> {
  const telling: Telling<A> = { told: [], begun: [], ended: [] };
  for (const announced of batch) {
    const { announcement, position } = announced;
    const { eventId, ownerId, rule } = announcement;
    const standing = standings.of(eventId);
    for (const userId of recipientsOf(announcement, standing)) {
      telling.told.push({ announced, userId });
      if (rule.tellsOfEnd === true && userId !== null) standing.awareOfEnd.add(userId);
    }
    if (rule.follows === 'all-end') {
      standing.followers.clear();
      telling.ended.push(eventId);
    }
    // Bookings and events are streams of their own: a booking's message may come after its event's deletion.
    if (rule.follows === 'owner-begins' && ownerId !== null && position < standing.deletedAt) {
      standing.followers.add(ownerId);
      telling.begun.push({ announced, userId: ownerId });
    }
  }
  return telling;
}
