import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '#contracts';
import { Batcher, type Clock, UsherError } from '#kernel';
import { type ExecutionContext, Metrics } from '#observability';
import type { AttendeeState } from '../../attendees/attendee.js';
import { AttendeesService } from '../../attendees/attendees.service.js';
import { CLOCK, CONFIG, type Config } from '../../config.js';
import type { EventState } from '../../events/event.js';
import { keyOf } from '../../users/user.js';
import type { BookingState, SeatRequest } from '../booking.js';
import { decideInOrder, type Standing, type Verdict } from './booking-batch.js';
import { BookingsRepository } from '../bookings.repository.js';
import { type SeatDecision, SeatLedger } from './seat-ledger.js';

/** Somebody's wish to book an event for an attendee. */
export interface Order {
  id: string;
  code: string;
  seats: number;
  waitlist: boolean;
  attendee: AttendeeState;
  /** Whether the attendee is to be registered by this very booking. */
  isNewAttendee: boolean;
  actor: Actor;
  /** The request that it came with; many of them are decided in one transaction. */
  context: ExecutionContext;
}

/** A booking with the event right after it; without, where an earlier attempt at the same request had made it. */
export interface Booked {
  booking: BookingState;
  event?: EventState;
}

type Settled = PromiseSettledResult<Booked>;

/** Above this a batch takes longer without deciding more in a second; measured by `npm run bench -- booking`. */
const MAX_BATCH = 100;

/** Where seats are sold: orders for one event that arrive together are decided together, in order of arrival. */
@Injectable()
export class BoxOffice {
  private readonly batcher: Batcher<Order, Booked>;

  constructor(
    private readonly ledger: SeatLedger,
    private readonly bookings: BookingsRepository,
    private readonly attendees: AttendeesService,
    private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: Pick<Config, 'BOOKING_QUEUE_LIMIT'>,
  ) {
    this.batcher = new Batcher({
      work: (eventId, orders) => this.serve(eventId, orders),
      maxBatch: MAX_BATCH,
      maxWaiting: config.BOOKING_QUEUE_LIMIT,
    });
  }

  /**
   * Throws `not-found`, `event-full`, `already-booked`, `event-not-bookable`, and a retryable `unavailable` where too many
   * wait for this event or the database is out of reach.
   */
  book(eventId: string, order: Order): Promise<Booked> {
    return this.batcher.submit(eventId, order);
  }

  private async serve(eventId: string, given: readonly Order[]): Promise<Settled[]> {
    let attempts = 0;
    const outcomes = await this.ledger.settle(eventId, async (event) => {
      attempts += 1;
      const orders = await this.withOwnAttendees(attempts === 1 ? given : await this.withAttendeesByNow(given));
      const requests = orders.map(toRequest);
      const standing = await this.standing(eventId, event, requests);
      return decision(orders, decideInOrder(standing, requests, this.clock.now()));
    });
    const settled = given.map(({ id }) => outcomes.get(id) ?? withoutAttendee());
    for (const outcome of settled) this.metrics.count('usher_bookings_decided_total', { outcome: nameOf(outcome) });
    return settled;
  }

  /** What was lost may have been a race for an attendee: the orders with those whom there are, as they are by now. */
  private async withAttendeesByNow(orders: readonly Order[]): Promise<readonly Order[]> {
    const ids = orders.filter(({ isNewAttendee }) => !isNewAttendee).map(({ attendee }) => attendee.id);
    const known = ids.length === 0 ? new Map<string, AttendeeState>() : await this.attendees.findMany(ids);
    return orders.flatMap((order) => {
      const attendee = order.isNewAttendee ? order.attendee : known.get(order.attendee.id);
      return attendee === undefined ? [] : [{ ...order, attendee }];
    });
  }

  /** Users whose attendee was to be made, and who have been given one by another request meanwhile, book for that one. */
  private async withOwnAttendees(orders: readonly Order[]): Promise<readonly Order[]> {
    const users = orders.flatMap(({ attendee, isNewAttendee }) => (isNewAttendee ? (attendee.user_id ?? []) : []));
    if (users.length === 0) return orders;
    const own = await this.attendees.findOwn(users);
    return orders.map((order) => {
      const attendee = own.get(order.attendee.user_id ?? '');
      return attendee === undefined ? order : { ...order, attendee, isNewAttendee: false };
    });
  }

  private async standing(
    eventId: string,
    event: EventState | undefined,
    requests: readonly SeatRequest[],
  ): Promise<Standing> {
    const wait = requests.some(({ waitlist }) => waitlist);
    const [bookings, nextTicket] = await Promise.all([
      this.bookings.colliding(eventId, requests),
      wait ? this.bookings.nextTicket(eventId) : 1,
    ]);
    return { event, bookings, nextTicket };
  }
}

const toRequest = ({ id, code, seats, waitlist, attendee }: Order): SeatRequest => ({
  id,
  code,
  attendee_id: attendee.id,
  email_key: keyOf(attendee.email),
  owner_id: attendee.registered_by,
  seats,
  waitlist,
});

/** What to write, and what to answer to each, by its id, once it is written. */
function decision(orders: readonly Order[], verdicts: readonly Verdict[]): SeatDecision<Map<string, Settled>> {
  const booked = orders.flatMap((order, index) => {
    const verdict = verdicts[index];
    return verdict?.kind === 'booked' ? [{ ...order, change: verdict.change }] : [];
  });
  return {
    entries: booked.map(({ change, actor, context }) => ({ ...change, actor, context })),
    attendees: {
      registrations: booked
        .filter(({ isNewAttendee }) => isNewAttendee)
        .map(({ attendee, actor, context }) => ({ state: attendee, actor, context })),
      known: booked.filter(({ isNewAttendee }) => !isNewAttendee).map(({ attendee }) => attendee),
    },
    result: new Map(verdicts.map((verdict, index) => [orders[index]?.id ?? '', toOutcome(verdict)])),
  };
}

const withoutAttendee = (): Settled => ({
  status: 'rejected',
  reason: new UsherError('not-found', 'There is no such attendee.'),
});

function toOutcome(verdict: Verdict): Settled {
  if (verdict.kind === 'refused') return { status: 'rejected', reason: verdict.error };
  if (verdict.kind === 'repeated') return { status: 'fulfilled', value: { booking: verdict.booking } };
  return { status: 'fulfilled', value: { booking: verdict.change.booking, event: verdict.after } };
}

function nameOf(outcome: Settled): string {
  if (outcome.status === 'fulfilled')
    return outcome.value.event === undefined ? 'repeated' : outcome.value.booking.status;
  return outcome.reason instanceof UsherError ? outcome.reason.code : 'internal-error';
}
