import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { IntakeBed } from './testing/intake-bed.js';
import { attendeeData, type EventBy, person } from '../../test/messages.js';

let bed: IntakeBed;
beforeAll(async () => {
  bed = await IntakeBed.start();
});
afterAll(async () => {
  await bed.close();
});

const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
let event: EventBy;
beforeEach(async () => {
  await bed.clear();
  event = { id: newId(), by: ada };
});

describe('of a booking', () => {
  it('its owner and the creator of the event are told, once each, and nobody else', async () => {
    await bed.follows.follow(eve.id, event.id);
    const id = newId();
    const batch = (['waitlisted', 'promoted', 'checked_in', 'canceled'] as const).map((action) =>
      bed.booked(action, { event, owner: bob, id }),
    );
    await bed.intake.commit(batch);
    await bed.intake.commit(batch);
    const types = ['booking.waitlisted', 'booking.promoted', 'booking.checked_in', 'booking.canceled'];
    expect(await bed.toldTo(bob)).toEqual(types);
    expect(await bed.toldTo(ada)).toEqual(types);
    expect(await bed.toldTo(eve)).toEqual([]);
    expect((await bed.historyOf(bob)).at(-2)).toEqual({
      type: 'notification',
      notification_type: 'booking.promoted',
      event: { id: event.id, title: 'Analytical evening', action: 'promoted', timestamp: '2026-11-20T10:00:00.000Z' },
      booking: { id, status: 'confirmed' },
      user: 'system',
    });
  });

  it('a creator who books their own event is told once', async () => {
    await bed.intake.commit([bed.booked('confirmed', { event, owner: ada })]);
    expect(await bed.toldTo(ada)).toEqual(['booking.confirmed']);
  });

  it('by somebody without an account, the creator is told', async () => {
    await bed.intake.commit([bed.booked('confirmed', { event, owner: null })]);
    expect(await bed.toldTo(ada)).toEqual(['booking.confirmed']);
    expect(await bed.followersOf(event)).toEqual([]);
  });

  it('of what its attendee does besides, nobody is told', async () => {
    const batch = (['registered', 'updated', 'removed'] as const).map((action) =>
      bed.message(`usher.attendee.${action}`, attendeeData(bob)),
    );
    expect(await bed.intake.commit(batch)).toMatchObject({ upTo: 3, notifications: [] });
  });
});
