import type { Listeners, OwnedBooking } from './recipients.js';

/** A follow that nobody asked for: bookings made it, and it ends with the last of them. */
export interface BookedFollow {
  readonly since: Date;
  /** The live ones, never none. */
  readonly bookings: readonly string[];
}

/** What matters of one event to whom it is told. */
export class Standing implements Listeners {
  readonly followers = new Set<string>();
  readonly awareOfEnd = new Set<string>();
  /** The archive position of the event's deletion; infinite where there is none. */
  deletedAt = Infinity;
  /** By user: as they are stored, and as the batch has left them so far. */
  private readonly stored = new Map<string, BookedFollow>();
  private readonly booked = new Map<string, BookedFollow>();

  constructor(private readonly eventId: string) {}

  /** That `userId` follows the event; `booked` where that comes from bookings and their next ones matter. */
  know(userId: string, booked?: BookedFollow): void {
    this.followers.add(userId);
    if (booked === undefined) return;
    this.stored.set(userId, booked);
    this.booked.set(userId, booked);
  }

  /** Who follows already goes on to, by this booking as well unless they asked to. */
  beginFollow({ id, ownerId }: OwnedBooking, at: Date): void {
    const follow = this.booked.get(ownerId);
    if (follow !== undefined) this.booked.set(ownerId, { ...follow, bookings: [...follow.bookings, id] });
    else if (!this.followers.has(ownerId)) this.booked.set(ownerId, { since: at, bookings: [id] });
    this.followers.add(ownerId);
  }

  /** Of a booking that the follow is not by, because its owner has asked for it or unfollowed since, nothing ends. */
  endFollow({ id, ownerId }: OwnedBooking): void {
    const follow = this.booked.get(ownerId);
    if (follow?.bookings.includes(id) !== true) return;
    const bookings = follow.bookings.filter((booking) => booking !== id);
    if (bookings.length > 0) {
      this.booked.set(ownerId, { ...follow, bookings });
    } else {
      this.booked.delete(ownerId);
      this.followers.delete(ownerId);
    }
  }

  endFollows(): void {
    this.followers.clear();
    this.booked.clear();
  }

  /** Whose stored follows are no longer what they were. */
  outdated(): { eventId: string; userId: string }[] {
    const { eventId } = this;
    return differing(this.stored, this.booked).map(([userId]) => ({ eventId, userId }));
  }

  /** The follows to be stored, those in place of outdated ones included. */
  unstored(): { eventId: string; userId: string; follow: BookedFollow }[] {
    const { eventId } = this;
    return differing(this.booked, this.stored).map(([userId, follow]) => ({ eventId, userId, follow }));
  }
}

/** The events of a batch by id; of one that nothing is known of, nobody has heard and nobody follows it. */
export class Standings {
  private readonly byEvent = new Map<string, Standing>();

  of(eventId: string): Standing {
    const known = this.byEvent.get(eventId);
    if (known !== undefined) return known;
    const standing = new Standing(eventId);
    this.byEvent.set(eventId, standing);
    return standing;
  }

  all(): Standing[] {
    return [...this.byEvent.values()];
  }
}

/** The entries of `these` that are not the very same in `those`. */
const differing = <V>(these: ReadonlyMap<string, V>, those: ReadonlyMap<string, V>): [string, V][] =>
  [...these].filter(([key, value]) => those.get(key) !== value);
