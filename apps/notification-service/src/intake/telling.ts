import { type Announcement, recipientsOf } from './recipients.js';
import type { BookedFollow, Standing, Standings } from './standings.js';

/** An announcement by where in the archive what it tells of is, and since when. */
export interface Announced {
  position: number;
  archivedAt: Date;
  announcement: Announcement;
}

export interface Telling<A extends Announced> {
  /** Who is told of what, each once; null is everyone. */
  told: { announced: A; userId: string | null }[];
  /** The stored follows that bookings have ended or changed. */
  outdated: { eventId: string; userId: string }[];
  /** The follows that bookings have begun or changed, as they are after the batch. */
  booked: { eventId: string; userId: string; follow: BookedFollow }[];
  /** The events whose follows have all ended. */
  ended: string[];
}

/**
 * Whom a batch is told to, and which follows begin and end with it. Each announcement meets the `standings` as those
 * before it have left them, so that it makes no difference how messages fall into batches.
 */
export function tell<A extends Announced>(batch: readonly A[], standings: Standings): Telling<A> {
  const told: Telling<A>['told'] = [];
  const ended: string[] = [];
  for (const announced of batch) {
    const { eventId, rule } = announced.announcement;
    const standing = standings.of(eventId);
    for (const userId of recipientsOf(announced.announcement, standing)) {
      told.push({ announced, userId });
      if (rule.tellsOfEnd === true && userId !== null) standing.awareOfEnd.add(userId);
    }
    changeFollows(standing, announced);
    if (rule.follows === 'all-end') ended.push(eventId);
  }
  const all = standings.all();
  return {
    told,
    outdated: all.flatMap((standing) => standing.outdated()),
    booked: all.flatMap((standing) => standing.unstored()),
    ended,
  };
}

function changeFollows(standing: Standing, { position, archivedAt, announcement }: Announced): void {
  const { rule, booking } = announcement;
  if (rule.follows === 'all-end') standing.endFollows();
  if (booking === null) return;
  // Bookings and events are streams of their own: a booking's message may come after its event's deletion.
  if (rule.follows === 'booking-begins' && position < standing.deletedAt) standing.beginFollow(booking, archivedAt);
  if (rule.follows === 'booking-ends') standing.endFollow(booking);
}
