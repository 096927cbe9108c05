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
