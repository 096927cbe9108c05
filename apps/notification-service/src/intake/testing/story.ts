import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import type { EventBy, Person } from '../../../test/messages.js';
import type { IntakeBed } from './intake-bed.js';

export const STEPS = [
  ...(['follow', 'unfollow', 'book', 'promote', 'cancelBooking', 'removeAttendee'] as const),
  ...(['update', 'remind', 'cascade', 'takeIn'] as const),
];

interface LiveBooking {
  id: string;
  owner: Person;
  /** Not where the owner has unfollowed since. */
  keepsFollowing: boolean;
}

/** What happens around one event, step by step, and who then ought to hear of it and of its end, and how. */
export class Story {
  private readonly sent: Envelope[] = [];
  private taken = 0;
  private readonly asked = new Set<Person>();
  private live: LiveBooking[] = [];
  private readonly heard = new Map<Person, string[]>();
  private readonly cascades = new Map<string, Person>();
  private ended = false;

  constructor(
    private readonly bed: IntakeBed,
    private readonly event: EventBy,
    private readonly people: readonly Person[],
    private readonly end: 'canceled' | 'deleted',
  ) {}

  readonly steps: Record<(typeof STEPS)[number], (who: Person) => void | Promise<void>> = {
    follow: async (who) => {
      await this.takeIn();
      await this.bed.follows.follow(who.id, this.event.id);
      this.asked.add(who);
    },
    unfollow: async (who) => {
      await this.takeIn();
      await this.bed.follows.unfollow(who.id, this.event.id);
      this.asked.delete(who);
      for (const booking of this.bookingsOf(who)) booking.keepsFollowing = false;
    },
    /** After the event's end too: a booking's message may be overtaken by its event's. */
    book: (owner) => {
      const id = newId();
      this.sent.push(this.bed.booked('waitlisted', { event: this.event, owner, id }));
      this.live.push({ id, owner, keepsFollowing: true });
    },
    promote: (owner) => {
      const [booking] = this.bookingsOf(owner);
      if (booking !== undefined) this.sent.push(this.bed.booked('promoted', { event: this.event, ...booking }));
    },
    cancelBooking: (owner) => {
      this.cancel(this.bookingsOf(owner).at(-1), 'requested');
    },
    removeAttendee: (owner) => {
      this.cancel(this.bookingsOf(owner)[0], 'attendee-removed');
    },
    update: () => {
      if (!this.ended) this.tell(this.bed.changed('updated', this.event), 'event.updated', true);
    },
    remind: () => {
      if (!this.ended) this.tell(this.bed.reminded(this.event), 'event.reminder', false);
    },
    cascade: () => {
      const booking = this.ended ? this.live.shift() : undefined;
      if (booking === undefined) return;
      const { id, owner } = booking;
      this.cascades.set(id, owner);
      this.sent.push(this.bed.booked('canceled', { event: this.event, owner, id, reason: `event-${this.end}` }));
    },
    takeIn: async () => this.takeIn(),
  };

  endEvent(): void {
    this.tell(this.bed.changed(this.end, this.event), `event.${this.end}`, true);
    this.ended = true;
  }

  /** Brings the cascade to its end, takes in what is left, and then everything once more. */
  async finish(): Promise<void> {
    while (this.live.length > 0) await this.steps.cascade(this.event.by);
    await this.takeIn();
    await this.bed.intake.commit(this.sent);
  }

  expectedFor(who: Person): string[] {
    const heard = this.heard.get(who) ?? [];
    const unaware = !heard.includes(`event.${this.end}`) && [...this.cascades.values()].includes(who);
    return unaware ? [...heard, 'booking.canceled'] : heard;
  }

  /** All but the bookings that were made, promoted and canceled by themselves. */
  async toldTo(who: Person): Promise<string[]> {
    return (await this.bed.historyOf(who))
      .filter(
        ({ notification_type: type, booking }) =>
          booking === undefined || (type === 'booking.canceled' && this.cascades.has(booking.id)),
      )
      .map(({ notification_type: type }) => type)
      .toReversed();
  }

  private bookingsOf(who: Person): LiveBooking[] {
    return this.live.filter(({ owner }) => owner === who);
  }

  private follows(who: Person): boolean {
    return this.asked.has(who) || this.bookingsOf(who).some(({ keepsFollowing }) => keepsFollowing);
  }

  private tell(message: Envelope, type: string, creatorToo: boolean): void {
    this.sent.push(message);
    for (const who of this.people)
      if (this.follows(who) || (creatorToo && who === this.event.by))
        this.heard.set(who, [...(this.heard.get(who) ?? []), type]);
  }

  private cancel(booking: LiveBooking | undefined, reason: 'requested' | 'attendee-removed'): void {
    if (this.ended || booking === undefined) return;
    const { id, owner } = booking;
    this.live = this.live.filter((other) => other !== booking);
    this.sent.push(this.bed.booked('canceled', { event: this.event, owner, id, reason }));
  }

  private async takeIn(): Promise<void> {
    const waiting = this.sent.slice(this.taken);
    this.taken = this.sent.length;
    if (waiting.length > 0) await this.bed.intake.commit(waiting);
  }
}
