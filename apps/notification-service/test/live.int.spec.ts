import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { until } from '#testing';
import { person } from './messages.js';
import { type ClientSocket, type Listener, TestBed } from './test-bed.js';

let bed: TestBed;
beforeAll(async () => {
  bed = await TestBed.start({ instances: 2 });
}, 60_000);
afterAll(async () => {
  await bed.close();
});

const emit = (socket: ClientSocket, ...args: Parameters<ClientSocket['emitWithAck']>): Promise<unknown> =>
  socket.timeout(5_000).emitWithAck(...args);

const received = (listener: Listener, count: number): Promise<void> =>
  until(() => expect(listener.received).toHaveLength(count));

describe('a live notification', () => {
  it('reaches everyone, on every instance, in exactly the shape of the contract', async () => {
    const [ada, bob] = [person('ada'), person('bob')];
    await bed.register(ada, bob);
    const listeners = [await bed.listen(ada, { instance: 0 }), await bed.listen(bob, { instance: 1 })];
    const event = { id: newId(), by: ada };
    await bed.changed('created', event);
    for (const listener of listeners) {
      await received(listener, 1);
      expect(listener.received[0]!.payload).toEqual({
        type: 'notification',
        notification_type: 'event.created',
        event: {
          id: event.id,
          title: 'Analytical evening',
          action: 'created',
          timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
        },
        user: 'ada',
      });
      expect(listener.received[0]!.meta).toMatchObject({
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        unread: 1,
      });
    }
  });

  it('of a change reaches followers and the creator only; unsubscribing ends it', async () => {
    const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
    await bed.register(ada, bob, eve);
    const [adas, bobs, eves] = [await bed.listen(ada), await bed.listen(bob, { instance: 1 }), await bed.listen(eve)];
    const event = { id: newId(), by: ada };
    expect(await emit(bobs.socket, 'subscribe', { event_id: event.id })).toEqual({ ok: true });
    await bed.changed('updated', event);
    await received(bobs, 1);
    await received(adas, 1);
    expect(await emit(bobs.socket, 'unsubscribe', { event_id: event.id })).toEqual({ ok: true });
    await bed.changed('canceled', event);
    await received(adas, 2);
    await bed.changed('created', { id: newId(), by: eve });
    await received(eves, 1);
    await received(bobs, 2);
    expect(bobs.received.map(({ payload }) => payload.notification_type)).toEqual(['event.updated', 'event.created']);
  });

  it('keeps order and comes once, over many', async () => {
    const ada = person('ada');
    await bed.register(ada);
    const listener = await bed.listen(ada, { instance: 1 });
    await Promise.all(Array.from({ length: 300 }, () => bed.changed('created', { id: newId(), by: ada })));
    await received(listener, 300);
    const positions = listener.positions();
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(new Set(positions).size).toBe(300);
    expect(listener.received.map(({ meta }) => meta.unread)).toEqual(positions.map((_, index) => index + 1));
  });
});

describe('coming back', () => {
  it('brings what was missed, then live, without duplicate or gap', async () => {
    const ada = person('ada');
    await bed.register(ada);
    const first = await bed.listen(ada);
    await bed.changed('created', { id: newId(), by: ada });
    await received(first, 1);
    const [last] = first.positions();
    first.socket.close();
    for (let count = 0; count < 5; count += 1) await bed.changed('created', { id: newId(), by: ada });
    const second = await bed.listen(ada, { after: last!, instance: 1 });
    await bed.changed('created', { id: newId(), by: ada });
    await received(second, 6);
    expect(second.ready[0]).toMatchObject({ user: ada, recovered: true });
    expect(second.positions()).toEqual([1, 2, 3, 4, 5, 6].map((step) => last! + step));
    expect(second.gaps).toEqual([]);
  });

  it('goes on from the last acknowledged position where none is named', async () => {
    const ada = person('ada');
    await bed.register(ada);
    const first = await bed.listen(ada);
    for (let count = 0; count < 3; count += 1) await bed.changed('created', { id: newId(), by: ada });
    await received(first, 3);
    const positions = first.positions();
    expect(await emit(first.socket, 'ack', { position: positions[1]! })).toEqual({ ok: true });
    first.socket.close();
    const second = await bed.listen(ada);
    expect(await emit(second.socket, 'resume', {})).toEqual({ ok: true });
    expect(second.positions()).toEqual([positions[2]]);
  });

  it('reads over Server-Sent Events with Last-Event-ID', async () => {
    const ada = person('ada');
    await bed.register(ada);
    const live = await bed.listen(ada);
    await bed.changed('created', { id: newId(), by: ada });
    await bed.changed('created', { id: newId(), by: ada });
    await received(live, 2);
    const [first, second] = live.positions();
    const end = new AbortController();
    const response = await fetch(`${bed.url(1)}/v1/notifications/stream`, {
      headers: { authorization: `Bearer ${await bed.token(ada)}`, 'last-event-id': `${first!}` },
      signal: end.signal,
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('event: notification')) break;
    }
    end.abort();
    expect(text).toMatch(/^event: ready\ndata: \{.*"recovered":true\}\n\n/);
    expect(text).toContain(`id: ${second!}\nevent: notification\ndata: {"id":"`);
  });
});

describe('the stream’s Last-Event-ID', () => {
  it.each(['abc', '-1', '1, 2', '9'.repeat(30)])(
    'of %j is refused before anything is streamed',
    async (lastEventId) => {
      const answer = await fetch(`${bed.url()}/v1/notifications/stream`, {
        headers: { authorization: `Bearer ${await bed.token(person('ada'))}`, 'last-event-id': lastEventId },
      });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({
        code: 'validation-failed',
        errors: [{ pointer: '/header/Last-Event-ID' }],
      });
    },
  );
});

describe('reading', () => {
  it('on one device corrects the unread count of another, on another instance', async () => {
    const ada = person('ada');
    await bed.register(ada);
    const phone = await bed.listen(ada, { instance: 1 });
    await bed.changed('created', { id: newId(), by: ada });
    await received(phone, 1);
    const answer = await fetch(`${bed.url(0)}/v1/notifications/read-all`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await bed.token(ada)}` },
    });
    expect(answer.status).toBe(204);
    await until(async () => {
      await bed.changed('created', { id: newId(), by: ada });
      const count = phone.received.length;
      await until(() => expect(phone.received.length).toBeGreaterThan(count));
      const sinceReading = phone.received.length - 1;
      expect(phone.received.at(-1)!.meta.unread).toBe(sinceReading);
    });
  });
});

describe('what a person does not want live', () => {
  it('does not come, on any instance, nor on coming back; it is in history, and unread', async () => {
    const bob = person('bob');
    await bed.register(bob);
    const event = { id: newId(), by: bob };
    const headers = { authorization: `Bearer ${await bed.token(bob)}`, 'content-type': 'application/json' };
    const listeners = [await bed.listen(bob, { instance: 0 }), await bed.listen(bob, { instance: 1 })];
    const { position: start } = listeners[0]!.ready[0]!;
    const body = JSON.stringify({ types: { 'event.created': { socket: false } } });
    expect((await fetch(`${bed.url(0)}/v1/preferences`, { method: 'PUT', headers, body })).status).toBe(200);
    let told = 0;
    // The other instance hears of it a moment later.
    await until(async () => {
      const before = listeners.map(({ received: all }) => all.length);
      await bed.changed('created', event);
      await bed.changed('updated', event);
      told += 2;
      for (const [index, listener] of listeners.entries()) {
        await until(() => expect(listener.received.at(-1)?.meta.unread).toBe(told));
        const since = listener.received.slice(before[index]).map(({ payload }) => payload.notification_type);
        expect(since).toEqual(['event.updated']);
      }
    });
    const back = await bed.listen(bob, { after: start });
    await until(() => expect(back.received.at(-1)?.meta.unread).toBe(told));
    expect(new Set(back.received.map(({ payload }) => payload.notification_type))).toEqual(new Set(['event.updated']));
    expect(back.gaps).toEqual([]);
    const history = await fetch(`${bed.url(1)}/v1/notifications?type=event.created&unread=true`, { headers });
    expect(((await history.json()) as { data: unknown[] }).data).toHaveLength(told / 2);
  });
});

describe('the door', () => {
  const refusal = async (auth: object): Promise<unknown> => {
    const error: unknown = await bed.listen(person('x'), auth).catch((reason: unknown) => reason);
    return (error as { data: { code: string } }).data.code;
  };

  it('refuses a bad token, an expired one, and a position that is none', async () => {
    const ada = person('ada');
    const hourAgo = { now: () => new Date(Date.now() - 3_600_000) };
    expect(await refusal({ token: 'nonsense' })).toBe('invalid-token');
    expect(await refusal({ token: '' })).toMatch(/invalid-token|unauthenticated/);
    expect(await refusal({ token: await bed.token(ada, hourAgo) })).toBe('invalid-token');
    expect(await refusal({ token: await bed.token(ada), after: -1 })).toBe('validation-failed');
  });

  it('closes when the token expires, unless a newer one came in time', async () => {
    const ada = person('ada');
    const almost = { now: () => new Date(Date.now() - 1_800_000 + 2_500) };
    const [lapsing, prolonged] = [
      await bed.listen(ada, { token: await bed.token(ada, almost) }),
      await bed.listen(ada, { token: await bed.token(ada, almost) }),
    ];
    expect(await emit(prolonged.socket, 'authenticate', { token: await bed.token(ada) })).toEqual({ ok: true });
    const expired = new Promise<void>((resolve) => lapsing.socket.once('auth_expired', () => resolve()));
    await expired;
    await until(() => expect(lapsing.socket.connected).toBe(false));
    expect(prolonged.socket.connected).toBe(true);
  });

  it('answers bad messages, and another user’s token, with the reason', async () => {
    const ada = person('ada');
    const { socket } = await bed.listen(ada);
    for (const message of [undefined, null, 7, {}, { event_id: 'x' }, { event_id: newId(), extra: 1 }])
      expect(await emit(socket, 'subscribe', message as never)).toMatchObject({
        ok: false,
        error: { code: 'validation-failed' },
      });
    expect(await emit(socket, 'authenticate', { token: await bed.token(person('eve')) })).toMatchObject({
      error: { code: 'forbidden' },
    });
    expect(await emit(socket, 'authenticate', { token: 'x.y.z' })).toMatchObject({ error: { code: 'invalid-token' } });
  });

  it('holds one connection to its rate, and one user to a number of connections', async () => {
    const ada = person('ada');
    const { socket } = await bed.listen(ada);
    const answers = await Promise.all(Array.from({ length: 210 }, () => emit(socket, 'ack', { position: 0 })));
    expect(answers.filter((answer) => (answer as { ok: boolean }).ok)).toHaveLength(200);
    const others = await Promise.allSettled(Array.from({ length: 55 }, () => bed.listen(ada)));
    expect(others.filter(({ status }) => status === 'fulfilled')).toHaveLength(49);
  });

  it('lets a browser in from its own origins only', async () => {
    const origin = async (value: string): Promise<number> => {
      const url = `${bed.url()}/socket.io/?EIO=4&transport=polling`;
      return (await fetch(url, { headers: { origin: value } })).status;
    };
    expect(await origin('https://console.example')).toBe(200);
    expect(await origin('https://evil.example')).toBe(403);
  });
});

describe('while event-service’s keys cannot be fetched', () => {
  it('a client is not refused for good, but comes in by itself when they can', async () => {
    const alone = await TestBed.start({ keysReachable: false });
    const ada = person('ada');
    const coming = alone.listen(ada, { reconnection: true });
    const answer = await fetch(`${alone.url()}/v1/notifications`, {
      headers: { authorization: `Bearer ${await alone.token(ada)}` },
    });
    expect(answer.status).toBe(503);
    alone.keys.reachable = true;
    expect((await coming).ready).toHaveLength(1);
    await alone.close();
  }, 40_000);
});

describe('poison', () => {
  it('200 bad messages are parked, and the next good one comes through', async () => {
    const ada = person('ada');
    await bed.register(ada);
    const listener = await bed.listen(ada);
    const deep = `{"specversion":"1.0","id":"1","source":"/x","type":"com.x","data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    const wrong = { specversion: '1.0', id: newId(), source: '/x', type: 'usher.event.created', data: { event: 1 } };
    const bad = ['{"specversion', '{}', JSON.stringify(wrong), deep, ''];
    for (let sent = 0; sent < 200; sent += 1) {
      const body = bad[sent % bad.length]!;
      await bed.publishRaw(sent % bad.length === 2 ? 'usher.event.created' : 'com.x', Buffer.from(body));
    }
    const event = { id: newId(), by: ada };
    await bed.changed('created', event);
    await received(listener, 1);
    expect(listener.received[0]!.payload.event.id).toBe(event.id);
    await until(async () => expect(await bed.parked()).toBe(200));
  });
});
