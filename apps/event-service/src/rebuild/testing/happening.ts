import fc from 'fast-check';
import type { Booked, Organiser } from './organiser.js';

export const GUESTS = 8;

const guest = fc.nat({ max: GUESTS - 1 });
const booking = fc.nat({ max: 30 });
const max_attendees = fc.option(fc.integer({ min: 1, max: 9 }), { freq: 9 });
const does = <N extends string>(name: N) => ({ does: fc.constant(name), instance: fc.nat({ max: 1 }) });

const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      ...does('book'),
      ...{ guest, seats: fc.integer({ min: 1, max: 3 }), waitlist: fc.boolean() },
    }),
  },
  { weight: 5, arbitrary: fc.record({ ...does('cancel'), booking }) },
  { weight: 2, arbitrary: fc.record({ ...does('check-in'), booking }) },
  { weight: 4, arbitrary: fc.record({ ...does('limit'), max_attendees }) },
  { weight: 1, arbitrary: fc.record({ ...does('retitle'), title: fc.constantFrom('Jazz', 'Late jazz') }) },
  { weight: 1, arbitrary: fc.record({ ...does('readdress'), guest, address: guest }) },
);

/** Something that is asked of an instance; bookings are chosen from those that there are by then. */
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Steps that go out together. */
export const wave = fc.array(step, { minLength: 1, maxLength: 10 });

/** An event, and what people do to it at two instances. */
export class Happening {
  private readonly bookings: Booked[] = [];

  constructor(
    readonly eventId: string,
    private readonly organisers: readonly Organiser[],
    private readonly guests: readonly string[],
  ) {}

  /** Does it all at once; the statuses of the answers. */
  async play(steps: readonly Step[]): Promise<number[]> {
    const known = [...this.bookings];
    const answers = steps.map(async (step) => {
      const request = this.requestOf(step, known);
      const organiser = this.organisers[step.instance];
      if (request === undefined || organiser === undefined) return [];
      const answer = await organiser.send(...request);
      if (step.does === 'book' && answer.status === 201) this.bookings.push(answer.body as Booked);
      return [answer.status];
    });
    return (await Promise.all(answers)).flat();
  }

  /** Undefined where there is no booking to choose. */
  private requestOf(step: Step, known: readonly Booked[]): Parameters<Organiser['send']> | undefined {
    const event = `/v1/events/${this.eventId}`;
    switch (step.does) {
      case 'book': {
        const { seats, waitlist } = step;
        return ['post', `${event}/bookings`, { attendee_id: this.guests[step.guest], seats, waitlist }];
      }
      case 'cancel':
      case 'check-in': {
        const chosen = known[step.booking % known.length];
        return chosen === undefined ? undefined : ['post', `/v1/bookings/${chosen.id}/${step.does}`];
      }
      case 'limit':
        return ['patch', event, { max_attendees: step.max_attendees }];
      case 'retitle':
        return ['patch', event, { title: step.title }];
      case 'readdress':
        return ['patch', `/v1/attendees/${this.guests[step.guest]}`, { email: `address-${step.address}@example.com` }];
    }
  }
}
