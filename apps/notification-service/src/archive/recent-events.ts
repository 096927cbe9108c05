import type { ArchivedEvent } from './archive.schema.js';

/** Each of them takes 64 KiB at most. */
const KEPT = 500;

/** The newest events that this process has archived, side by side. An archived event never changes: none is out of date. */
export class RecentEvents {
  private events: ArchivedEvent[] = [];

  constructor(private readonly kept = KEPT) {}

  /** Takes what has been archived, in order of position. What is not next to what there is takes its place. */
  add(archived: readonly ArchivedEvent[]): void {
    const follows = this.events.at(-1)?._id === (archived[0]?._id ?? 0) - 1;
    this.events = [...(follows ? this.events : []), ...archived].slice(-this.kept);
  }

  clear(): void {
    this.events = [];
  }

  at(position: number): ArchivedEvent | undefined {
    return this.events[this.indexOf(position)];
  }

  /** Up to `limit` events from right after `position` on; none where the first of them is not here. */
  after(position: number, limit: number): readonly ArchivedEvent[] {
    const from = this.indexOf(position + 1);
    return from < 0 ? [] : this.events.slice(from, from + limit);
  }

  private indexOf(position: number): number {
    return position - (this.events[0]?._id ?? Infinity);
  }
}
