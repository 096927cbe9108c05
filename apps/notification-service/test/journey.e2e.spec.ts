import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningSystem, until } from '#testing';

let system: RunningSystem;
beforeAll(async () => {
  system = await RunningSystem.start();
}, 90_000);
afterAll(async () => {
  await system.stop();
});

describe('from a request to a browser', () => {
  it('tells every signed-in user of a new event, and followers of its changes', async () => {
    const [ada, bob, eve] = [await system.signUp(), await system.signUp(), await system.signUp()];
    const [adas, bobs, eves] = [await ada.listen(), await bob.listen(), await eve.listen()];

    const event = await ada.createEvent({ title: 'Launch' });
    for (const listener of [adas, bobs, eves])
      await until(() => expect(listener.received.map(({ payload }) => payload.event.id)).toContain(event.id));
    const seen = bobs.received.find(({ payload }) => payload.event.id === event.id)!;
    expect(seen.payload).toEqual({
      type: 'notification',
      notification_type: 'event.created',
      event: { id: event.id, title: 'Launch', action: 'created', timestamp: event.created_at },
      user: ada.user.username,
    });

    expect((await bob.notifications('PUT', `/v1/follows/${event.id}`)).status).toBe(200);
    expect((await ada.events('PATCH', `/v1/events/${event.id}`, { location: 'Turin' })).status).toBe(200);
    expect((await ada.events('POST', `/v1/events/${event.id}/cancel`)).status).toBe(200);
    expect((await ada.events('DELETE', `/v1/events/${event.id}`)).status).toBe(204);

    const typesOf = (listener: typeof bobs): string[] =>
      listener.received
        .filter(({ payload }) => payload.event.id === event.id)
        .map(({ payload }) => payload.notification_type);
    const all = ['event.created', 'event.updated', 'event.canceled', 'event.deleted'];
    await until(() => expect(typesOf(bobs)).toEqual(all));
    await until(() => expect(typesOf(adas)).toEqual(all));
    expect(typesOf(eves)).toEqual(['event.created']);
    expect((await bob.history()).slice(0, 4).map(({ payload }) => payload.notification_type)).toEqual(all.toReversed());
  });

  it('tells of bookings whom they concern, and of a cancellation once', async () => {
    const [ada, bob, cyd, dee] = [
      await system.signUp(),
      await system.signUp(),
      await system.signUp(),
      await system.signUp(),
    ];
    const event = await ada.createEvent({ title: 'Small room', max_attendees: 1 });
    const typesOf = async (who: typeof ada): Promise<string[]> =>
      (await who.history())
        .filter(({ payload }) => payload.event.id === event.id && payload.notification_type !== 'event.created')
        .map(({ payload }) => payload.notification_type)
        .reverse();
    const book = async (who: typeof ada): Promise<string> => {
      const path = `/v1/events/${event.id}/bookings`;
      const { status, body } = await who.events<{ id: string }>('POST', path, { waitlist: true });
      expect(status).toBe(201);
      return body.id;
    };
    const cyds = await cyd.listen();
    const bobs = await book(bob);
    await book(cyd);
    await book(dee);
    await until(async () => expect(await typesOf(dee)).toEqual(['booking.waitlisted']));
    expect((await dee.notifications('DELETE', `/v1/follows/${event.id}`)).status).toBe(204);

    expect((await bob.events('POST', `/v1/bookings/${bobs}/cancel`)).status).toBe(200);
    await until(() =>
      expect(
        cyds.received.find(({ payload }) => payload.notification_type === 'booking.promoted')?.payload,
      ).toMatchObject({
        event: { id: event.id, title: 'Small room', action: 'promoted' },
        booking: { status: 'confirmed' },
        user: 'system',
      }),
    );
    expect((await ada.events('POST', `/v1/events/${event.id}/cancel`)).status).toBe(200);

    await until(async () => expect(await typesOf(dee)).toEqual(['booking.waitlisted', 'booking.canceled']));
    expect(await typesOf(cyd)).toEqual(['booking.waitlisted', 'booking.promoted', 'event.canceled']);
    expect(await typesOf(bob)).toEqual(['booking.confirmed', 'booking.canceled']);
    const bookings = ['confirmed', 'waitlisted', 'waitlisted', 'canceled', 'promoted'];
    expect(await typesOf(ada)).toEqual([...bookings.map((action) => `booking.${action}`), 'event.canceled']);
  });

  it('keeps a refused request out of the log', async () => {
    const ada = await system.signUp();
    const listener = await ada.listen();
    const refused = await ada.events('POST', '/v1/events', { title: '' });
    expect(refused.status).toBe(400);
    const event = await ada.createEvent();
    await until(() => expect(listener.received.length).toBeGreaterThan(0));
    expect(listener.received[0]!.payload.event.id).toBe(event.id);
  });
});

describe('500 sockets', () => {
  it('all hear of a new event, each once', async () => {
    const users = await Promise.all(Array.from({ length: 20 }, () => system.signUp()));
    const listeners = await Promise.all(Array.from({ length: 500 }, (_, index) => users[index % 20]!.listen()));
    const event = await users[0]!.createEvent();
    await until(() => expect(listeners.every(({ received }) => received.length > 0)).toBe(true));
    const last = await users[0]!.createEvent();
    await until(() => expect(listeners.every(({ received }) => received.length > 1)).toBe(true));
    for (const { received } of listeners)
      expect(received.map(({ payload }) => payload.event.id)).toEqual([event.id, last.id]);
  }, 60_000);
});
