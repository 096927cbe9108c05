import type { Listeners } from './recipients.js';

/** What matters of one event to whom it is told. */
export interface Standing extends Listeners {
  followers: Set<string>;
  awareOfEnd: Set<string>;
  /** The archive position of the event's deletion; infinite where there is none. */
  deletedAt: number;
}

/** The events of a batch by id; of one that nothing is known of, nobody has heard and nobody follows it. */
export class Standings {
  private readonly byEvent = new Map<string, Standing>();

  of(eventId: string): Standing {
    const known = this.byEvent.get(eventId);
    if (known !== undefined) return known;
    const standing = { followers: new Set<string>(), awareOfEnd: new Set<string>(), deletedAt: Infinity };
    this.byEvent.set(eventId, standing);
    return standing;
  }
}
