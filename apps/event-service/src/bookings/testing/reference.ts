import type { SeatRequest } from '../booking.js';

type Line = { id: string; seats: number }[];

/**
 * What a ticket office does, told as simply as it can be: seats are taken by name, and the line is a list. The real model
 * is held against it.
 */
export class Reference {
  /** Who has seats, and how many. */
  readonly seated = new Map<string, number>();
  readonly came = new Set<string>();
  line: Line = [];
  /** Undefined once the event has been called off. */
  capacity: number | undefined;
  private readonly people = new Map<string, SeatRequest>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get taken(): number {
    return [...this.seated.values()].reduce((sum, seats) => sum + seats, 0);
  }

  ask(request: SeatRequest): string {
    const { id, attendee_id, email_key, seats, waitlist } = request;
    if (this.people.has(id)) return 'repeated';
    const twice = [...this.people.values()].some(
      (other) => this.holds(other.id) && (other.attendee_id === attendee_id || other.email_key === email_key),
    );
    if (twice) return 'already-booked';
    if (this.capacity === undefined) return 'event-not-bookable';
    if (this.line.length === 0 && this.taken + seats <= this.capacity) this.seated.set(id, seats);
    else if (waitlist && seats <= this.capacity) this.line.push({ id, seats });
    else return 'event-full';
    this.people.set(id, request);
    return this.seated.has(id) ? 'confirmed' : 'waitlisted';
  }

  /** Whether there was anything to give up. */
  giveUp(id: string): boolean {
    const held = this.holds(id);
    this.seated.delete(id);
    this.line = this.line.filter((other) => other.id !== id);
    return held;
  }

  /** Whom the free seats go to. */
  serveLine(): string[] {
    const { capacity } = this;
    if (capacity === undefined) return [];
    const served: string[] = [];
    for (const { id, seats } of this.line.filter(({ seats }) => seats <= capacity)) {
      if (this.taken + seats > capacity) break;
      this.seated.set(id, seats);
      served.push(id);
    }
    this.line = this.line.filter(({ id }) => !served.includes(id));
    return served;
  }

  callOff(): void {
    this.capacity = undefined;
    this.line = [];
    for (const id of this.seated.keys()) if (!this.came.has(id)) this.seated.delete(id);
  }

  private holds(id: string): boolean {
    return this.seated.has(id) || this.line.some((other) => other.id === id);
  }
}
