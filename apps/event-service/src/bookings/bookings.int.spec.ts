import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newEvent, signUp, type TestAccount, until } from '#testing';
import { startEventService, type TestService } from '../../test/start-event-service.js';

let service: TestService;
let ada: TestAccount;
let bob: TestAccount;

beforeAll(async () => {
  service = await startEventService();
  [ada, bob] = [await signUp(service), await signUp(service)];
}, 60_000);
afterAll(() => service.close());

describe('booking', () => {
  it('smoke', async () => {
    const created = await service.http
      .post('/v1/events')
      .set(ada.headers)
      .send(newEvent({ max_attendees: 1 }))
      .expect(201);
    const id = (created.body as { id: string }).id;
    const mine = await service.http.post(`/v1/events/${id}/bookings`).set(bob.headers).send({});
    console.log(mine.status, mine.body, mine.headers);
    const guest = { name: 'Grace', email: 'grace@example.com' };
    const full = await service.http.post(`/v1/events/${id}/bookings`).send({ attendee: guest });
    console.log(full.status, full.body);
    const waits = await service.http.post(`/v1/events/${id}/bookings`).send({ attendee: guest, waitlist: true });
    console.log(waits.status, waits.body);
    console.log((await service.http.get(`/v1/events/${id}`)).body);
    const cancel = await service.http
      .post(`/v1/bookings/${(mine.body as { id: string }).id}/cancel`)
      .set(bob.headers)
      .send();
    console.log(cancel.status, cancel.body);
    await until(async () => {
      const b = await service.http
        .get(`/v1/bookings/${(waits.body as { id: string }).id}`)
        .set('x-attendee-token', (waits.body as { attendee_token: string }).attendee_token);
      expect(b.body).toMatchObject({ status: 'confirmed' });
    });
    console.log((await service.http.get(`/v1/events/${id}`)).body);
    console.log((await service.http.get(`/v1/events/${id}/bookings`).set(ada.headers)).body);
  });
});
