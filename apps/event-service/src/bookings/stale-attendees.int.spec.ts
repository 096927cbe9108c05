import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { GUEST_ACTOR } from '#contracts';
import { newId } from '#kernel';
import { currentContext } from '#observability';
import { newEvent, signUp, type TestAccount } from '#testing';
import { startEventService, type TestService } from '../../test/start-event-service.js';
import type { AttendeeState } from '../attendees/attendee.js';
import { AttendeesService } from '../attendees/attendees.service.js';
import { newBookingCode } from './booking-code.js';
import { BookingsRepository } from './bookings.repository.js';
import { BoxOffice } from './box-office.js';

let service: TestService;
let ada: TestAccount;

beforeAll(async () => {
  service = await startEventService();
  ada = await signUp(service);
}, 60_000);
afterAll(() => service.close());

async function register(name: string): Promise<AttendeeState> {
  const person = { name, email: `${name}@example.com` };
  const answer = await service.http.post('/v1/attendees').set(ada.headers).send(person).expect(201);
  const { id } = answer.body as { id: string };
  const attendee = (await service.app.get(AttendeesService, { strict: false }).findMany([id])).get(id);
  if (attendee === undefined) throw new Error('Nobody has been registered.');
  return attendee;
}

const at = ({ id }: AttendeeState) => `/v1/attendees/${id}`;

it('an order taken before its attendee was changed is for the attendee as they are; one for who is gone is refused', async () => {
  const created = await service.http.post('/v1/events').set(ada.headers).send(newEvent()).expect(201);
  const eventId = (created.body as { id: string }).id;
  const [moved, gone, same] = [await register('moved'), await register('gone'), await register('same')];
  await service.http.patch(at(moved)).set(ada.headers).send({ email: 'elsewhere@example.com' }).expect(200);
  await service.http.delete(at(gone)).set(ada.headers).expect(204);
  const office = service.app.get(BoxOffice, { strict: false });
  const order = (attendee: AttendeeState) =>
    office.book(eventId, {
      ...{ id: newId(), code: newBookingCode(), seats: 1, waitlist: false },
      ...{ attendee, isNewAttendee: false, actor: GUEST_ACTOR, context: currentContext() },
    });
  // All three in one batch.
  const [first, second, third] = await Promise.allSettled([order(moved), order(gone), order(same)]);
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'not-found' } });
  expect(third).toMatchObject({ status: 'fulfilled' });
  if (first.status !== 'fulfilled') throw new Error('The order for who has moved was refused.');
  const stored = await service.app.get(BookingsRepository, { strict: false }).find(first.value.booking.id);
  expect(stored).toMatchObject({ status: 'confirmed', email_key: 'elsewhere@example.com' });
});
