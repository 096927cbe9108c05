import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { BookedResource } from '../../bookings/bookings.dto.js';
import type { BookingsApp } from '../../bookings/testing/bookings-app.js';

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

interface Request {
  method: 'post' | 'patch';
  path: string;
  body?: object;
}

/** An event, and what people do to it at two instances. */
export class Happening {
  private readonly bookings: BookedResource[] = [];

  constructor(
    readonly eventId: string,
    private readonly instances: readonly BookingsApp[],
    private readonly guests: readonly string[],
  ) {}

  /** Does it all at once. What is asked is done, or refused for a reason: no request is bad, and none fails. */
  async play(steps: readonly Step[]): Promise<void> {
    const known = [...this.bookings];
    const answers = steps.map(async (step) => {
      const request = this.requestOf(step, known);
      const instance = this.instances[step.instance];
      if (request === undefined || instance === undefined) return;
      const { method, path, body } = request;
      const answer = await instance.send(method, path, instance.ada.headers, body);
      if (step.does === 'book' && answer.status === 201) this.bookings.push(answer.body as BookedResource);
      expect([200, 201, 409, 422]).toContain(answer.status);
    });
    await Promise.all(answers);
  }

  /** Undefined where there is no booking to choose. */
  private requestOf(step: Step, known: readonly BookedResource[]): Request | undefined {
    const event = `/v1/events/${this.eventId}`;
    switch (step.does) {
      case 'book': {
        const { seats, waitlist } = step;
        const body = { attendee_id: this.guests[step.guest], seats, waitlist };
        return { method: 'post', path: `${event}/bookings`, body };
      }
      case 'cancel':
      case 'check-in': {
        const chosen = known[step.booking % known.length];
        return chosen && { method: 'post', path: `/v1/bookings/${chosen.id}/${step.does}` };
      }
      case 'limit':
        return { method: 'patch', path: event, body: { max_attendees: step.max_attendees } };
      case 'retitle':
        return { method: 'patch', path: event, body: { title: step.title } };
      case 'readdress':
        return {
          method: 'patch',
          path: `/v1/attendees/${this.guests[step.guest]}`,
          body: { email: `address-${step.address}@example.com` },
        };
    }
  }
}
