import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NotificationPayload, NotificationType } from '#contracts';
import { newId } from '#kernel';
import { until } from '#testing';
import { type Person, person } from './messages.js';
import { type Listener, TestBed } from './test-bed.js';

let bed: TestBed;
beforeAll(async () => {
  bed = await TestBed.start({ instances: 2 });
}, 60_000);
afterAll(async () => {
  await bed.close();
});

const typesOf = ({ received }: Listener): string[] => received.map(({ payload }) => payload.notification_type);

const hears = (listener: Listener, types: readonly NotificationType[]): Promise<void> =>
  until(() => expect(typesOf(listener)).toEqual(types));

async function get(who: Person, path: string): Promise<unknown> {
  const answer = await fetch(`${bed.url()}${path}`, { headers: { authorization: `Bearer ${await bed.token(who)}` } });
  expect(answer.status).toBe(200);
  return answer.json();
}

async function historyOf(who: Person, query = ''): Promise<NotificationPayload[]> {
  const { data } = (await get(who, `/v1/notifications${query}`)) as { data: { payload: NotificationPayload }[] };
  return data.map(({ payload }) => payload);
}

it('a booking reaches its owner and the creator, live and in history, once each, and nobody else', async () => {
  const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
  await bed.register(ada, bob, eve);
  const [adas, bobs, eves] = [await bed.listen(ada), await bed.listen(bob, { instance: 1 }), await bed.listen(eve)];
  const event = { id: newId(), by: ada };
  const id = newId();
  const message = newId();
  await bed.booked('confirmed', { event, owner: bob, id }, message);
  await bed.booked('confirmed', { event, owner: bob, id }, message);
  await bed.booked('checked_in', { event, owner: bob, id, actor: ada });
  await bed.changed('created', { id: newId(), by: eve });

  for (const listener of [adas, bobs])
    await hears(listener, ['booking.confirmed', 'booking.checked_in', 'event.created']);
  await hears(eves, ['event.created']);
  const [confirmed, checkedIn] = bobs.received;
  expect(confirmed!.payload).toEqual({
    type: 'notification',
    notification_type: 'booking.confirmed',
    event: {
      id: event.id,
      title: 'Analytical evening',
      action: 'confirmed',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
    },
    booking: { id, status: 'confirmed' },
    user: 'bob',
  });
  expect(checkedIn!.payload).toMatchObject({ booking: { id, status: 'checked_in' }, user: 'ada' });
  expect(bobs.received.map(({ meta }) => meta.unread)).toEqual([1, 2, 3]);

  for (const who of [ada, bob]) {
    expect(await historyOf(who, '?type=booking.confirmed')).toEqual([confirmed!.payload]);
    expect(await historyOf(who)).toHaveLength(3);
    expect(await get(who, '/v1/notifications/unread-count')).toEqual({ unread: 3 });
  }
  expect(await historyOf(eve, '?type=booking.confirmed')).toEqual([]);
});

it('whoever books follows the event: changes and reminders come live, and its end once', async () => {
  const [ada, bob, cyd] = [person('ada'), person('bob'), person('cyd')];
  await bed.register(ada, bob, cyd);
  const [adas, bobs, cyds] = [await bed.listen(ada), await bed.listen(bob), await bed.listen(cyd, { instance: 1 })];
  const event = { id: newId(), by: ada };
  await bed.booked('confirmed', { event, owner: bob });
  await bed.booked('waitlisted', { event, owner: cyd });
  await hears(cyds, ['booking.waitlisted']);
  expect(await get(bob, '/v1/follows')).toMatchObject({ data: [{ event_id: event.id }] });
  await cyds.socket.timeout(5_000).emitWithAck('unsubscribe', { event_id: event.id });
  await bed.changed('updated', event);
  await bed.reminded(event);
  await bed.changed('canceled', event);
  for (const owner of [bob, cyd, cyd]) await bed.booked('canceled', { event, owner, reason: 'event-canceled' });
  await bed.changed('created', { id: newId(), by: cyd });

  await hears(bobs, ['booking.confirmed', 'event.updated', 'event.reminder', 'event.canceled', 'event.created']);
  await hears(cyds, ['booking.waitlisted', 'booking.canceled', 'event.created']);
  await hears(adas, ['booking.confirmed', 'booking.waitlisted', 'event.updated', 'event.canceled', 'event.created']);
});

it('whoever cancels their last booking hears no more of the event, unless they have asked to follow it', async () => {
  const [ada, bob, cyd] = [person('ada'), person('bob'), person('cyd')];
  await bed.register(ada, bob, cyd);
  const [bobs, cyds] = [await bed.listen(bob), await bed.listen(cyd, { instance: 1 })];
  const event = { id: newId(), by: ada };
  const [first, second, cydsOwn] = [newId(), newId(), newId()];
  await bed.booked('confirmed', { event, owner: bob, id: first });
  await bed.booked('waitlisted', { event, owner: bob, id: second });
  await bed.booked('confirmed', { event, owner: cyd, id: cydsOwn });
  await hears(cyds, ['booking.confirmed']);
  await cyds.socket.timeout(5_000).emitWithAck('subscribe', { event_id: event.id });
  await bed.booked('canceled', { event, owner: bob, id: first });
  await bed.booked('canceled', { event, owner: cyd, id: cydsOwn });
  await bed.changed('updated', event);
  await bed.booked('canceled', { event, owner: bob, id: second, reason: 'attendee-removed' });
  await bed.reminded(event);
  await bed.changed('created', { id: newId(), by: ada });

  const bobsBookings = ['booking.confirmed', 'booking.waitlisted', 'booking.canceled'] as const;
  await hears(bobs, [...bobsBookings, 'event.updated', 'booking.canceled', 'event.created']);
  await hears(cyds, ['booking.confirmed', 'booking.canceled', 'event.updated', 'event.reminder', 'event.created']);
  expect(await get(bob, '/v1/follows')).toMatchObject({ data: [] });
  expect(await get(cyd, '/v1/follows')).toMatchObject({ data: [{ event_id: event.id }] });
});

it('a booking comes over Server-Sent Events as well', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  await bed.register(ada, bob);
  const bobs = await bed.listen(bob);
  await bed.booked('promoted', { event: { id: newId(), by: ada }, owner: bob });
  await hears(bobs, ['booking.promoted']);
  const end = new AbortController();
  const response = await fetch(`${bed.url(1)}/v1/notifications/stream?after=0`, {
    headers: { authorization: `Bearer ${await bed.token(bob)}` },
    signal: end.signal,
  });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/event: notification\ndata: .*\n\n/.test(text)) break;
  }
  end.abort();
  const data: unknown = JSON.parse(/event: notification\ndata: (.*)\n\n/.exec(text)![1]!);
  expect(data).toMatchObject({ payload: bobs.received[0]!.payload, unread: 1 });
});

it('a burst of bookings reaches the creator whole and in order', async () => {
  const ada = person('ada');
  await bed.register(ada);
  const adas = await bed.listen(ada, { instance: 1 });
  const event = { id: newId(), by: ada };
  await Promise.all(Array.from({ length: 600 }, () => bed.booked('confirmed', { event, owner: person('p') })));
  await until(() => expect(adas.received).toHaveLength(600), 30_000);
  const positions = adas.positions();
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  expect(adas.received.at(-1)!.meta.unread).toBe(600);
}, 40_000);
