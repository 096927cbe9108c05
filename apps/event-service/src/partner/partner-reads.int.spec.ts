import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from '#http';
import { until } from '#testing';
import { ANSWER_LIMIT } from './calls/partner-http.js';
import type { PartnerEvent } from './calls/partner-contract.js';
import { LANES } from './partner.service.js';
import { PartnerApp } from './testing/partner-app.js';
import {
  breakOff,
  flood,
  hang,
  reset,
  respond,
  routes,
  type Script,
  ScriptedPartner,
  stall,
} from './testing/scripted-partner.js';

let partner: ScriptedPartner;
let usher: PartnerApp;

beforeAll(async () => {
  partner = await ScriptedPartner.start();
  usher = await PartnerApp.start({ PARTNER_API_URL: `${partner.url}/`, PARTNER_TIMEOUT_MS: '60000' });
}, 60_000);
afterAll(async () => {
  await usher.app.close();
  await partner.stop();
});

const USERS = [
  { id: 10, userName: 'grace', email: 'grace@example.com', events: ['event-2'] },
  { id: 2, userName: 'ada', email: 'ada@example.com', events: [] },
];

describe('the partner’s users and events', () => {
  it('are shown with strings for ids, in their order, without addresses', async () => {
    partner.does(routes({ '/getUsers': respond(200, USERS) }));
    const { body } = await usher.get('users').expect(200);
    expect(body).toEqual({
      data: [
        { id: '2', name: 'ada', event_ids: [] },
        { id: '10', name: 'grace', event_ids: ['event-2'] },
      ],
      next_cursor: null,
    });
  });

  it('come in pages', async () => {
    const events = [3, 1, 2].map((id) => ({ id, name: `Event ${id}`, userId: 1, details: 'Tea' }));
    partner.does(routes({ '/getEvents': respond(200, events) }));
    const first = await usher.get('events?limit=2').expect(200);
    const { data, next_cursor } = first.body as Page<PartnerEvent>;
    expect(data[0]).toEqual({ id: '1', name: 'Event 1', user_id: '1', details: 'Tea' });
    expect(first.headers['link']).toContain('rel="next"');
    const second = await usher.get(`events?limit=2&cursor=${next_cursor}`).expect(200);
    const rest = second.body as Page<PartnerEvent>;
    expect([...data, ...rest.data].map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(rest.next_cursor).toBeNull();
  });

  it('are nobody’s who is not signed in', async () => {
    partner.does(respond(200, []));
    for (const path of ['users', 'events', 'users/1/events', 'status'])
      await usher.app.http.get(`/v1/partner/${path}`).expect(401);
    expect(partner.received).toEqual([]);
  });

  it('are asked for without anything of the caller’s but the trace', async () => {
    partner.does(respond(200, []));
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await usher.get('users').set({ traceparent, cookie: 'a=b', 'x-forwarded-for': '192.0.2.1' }).expect(200);
    const { headers } = partner.received[0]!;
    expect(headers).toMatchObject({ accept: 'application/json', 'user-agent': 'usher' });
    expect(headers['traceparent']).toMatch(new RegExp(`^00-${'a'.repeat(32)}-[0-9a-f]{16}-01$`));
    expect(JSON.stringify(headers)).not.toContain(usher.session.token);
    for (const name of ['authorization', 'cookie', 'x-forwarded-for']) expect(headers).not.toHaveProperty(name);
  });
});

describe('an answer that is none', () => {
  it.each<[string, Script, number, string]>([
    ['HTML', respond(200, '<html>Welcome</html>', { 'content-type': 'text/html' }), 502, 'partner-invalid-answer'],
    ['half of a JSON text', respond(200, '[{"id":'), 502, 'partner-invalid-answer'],
    ['nothing', respond(200, ''), 502, 'partner-invalid-answer'],
    ['an object instead of a list', respond(200, { id: 1 }), 502, 'partner-invalid-answer'],
    ['users without ids', respond(200, [{ userName: 'ada' }]), 502, 'partner-invalid-answer'],
    ['an id that leads elsewhere', respond(200, [{ id: '..' }]), 502, 'partner-invalid-answer'],
    ['what is not UTF-8', respond(200, Buffer.from([0x22, 0xff, 0x22])), 502, 'partner-invalid-answer'],
    ['far too much', respond(200, `[${' '.repeat(ANSWER_LIMIT)}]`), 502, 'partner-invalid-answer'],
    ['what never ends', flood, 502, 'partner-invalid-answer'],
    ['a redirect', respond(302, '', { location: '/elsewhere' }), 502, 'partner-invalid-answer'],
    ['401', respond(401, {}), 502, 'partner-invalid-answer'],
    ['404', respond(404, {}), 502, 'partner-invalid-answer'],
    ['500', respond(500, { message: 'secret' }), 502, 'partner-failed'],
    ['a reset', reset, 502, 'partner-failed'],
    ['an end before the end', breakOff, 502, 'partner-failed'],
    ['503', respond(503, {}), 503, 'partner-unavailable'],
  ])('%s becomes a problem', async (_, script, status, code) => {
    partner.does(script);
    const { body } = await usher.get('users').expect(status);
    expect(body).toMatchObject({ code, status });
    expect(JSON.stringify(body)).not.toMatch(/secret|127\.0\.0\.1:/);
    expect(partner.received).toHaveLength(1);
  });

  it('tells when the partner wants to be asked again', async () => {
    partner.does(respond(429, {}, { 'retry-after': '17' }));
    const { headers } = await usher.get('events').expect(503);
    expect(headers['retry-after']).toBe('17');
  });
});

describe('the events of a user', () => {
  const ids = Array.from({ length: 25 }, (_, index) => `event-${index + 10}`);
  const user = respond(200, { id: 1, userName: 'ada', events: ids });
  const event: Script = (request, response) =>
    respond(200, { id: request.path.split('/').at(-1), name: 'Tea', userId: 1 })(request, response);
  const userAnd =
    (script: Script): Script =>
    (request, response) =>
      (request.path.startsWith('/getUserById') ? user : script)(request, response);

  it(`are fetched ${LANES} at a time`, async () => {
    const waiting: (() => void)[] = [];
    let held = true;
    partner.does(
      userAnd((request, response) => {
        if (held) waiting.push(() => event(request, response));
        else event(request, response);
      }),
    );
    const answering = usher.get('users/1/events?limit=100').then();
    await until(() => expect(waiting).toHaveLength(LANES));
    held = false;
    for (const answer of waiting) answer();
    const { status, body } = await answering;
    expect(status).toBe(200);
    expect((body as Page<PartnerEvent>).data.map(({ id }) => id)).toEqual(ids);
    expect(partner.peak).toBe(LANES);
  });

  it('are fetched for the page alone', async () => {
    partner.does(userAnd(event));
    const { body } = await usher.get('users/1/events?limit=3').expect(200);
    expect(body).toMatchObject({ data: [{ id: 'event-10' }, { id: 'event-11' }, { id: 'event-12' }] });
    expect(partner.received).toHaveLength(4);
  });

  it('do not include one that has gone meanwhile', async () => {
    partner.does(
      userAnd((request, response) => (request.path.endsWith('11') ? respond(404, {}) : event)(request, response)),
    );
    const { body } = await usher.get('users/1/events?limit=3').expect(200);
    expect((body as Page<PartnerEvent>).data.map(({ id }) => id)).toEqual(['event-10', 'event-12']);
  });

  it('are all there or none: the first failure is the answer, and ends the rest', async () => {
    partner.does(
      userAnd((request, response) => (request.path.endsWith('12') ? respond(500, {}) : hang)(request, response)),
    );
    const { body } = await usher.get('users/1/events?limit=25').expect(502);
    expect(body).toMatchObject({ code: 'partner-failed' });
    expect(partner.received.length).toBeLessThanOrEqual(1 + LANES);
  });

  it('are not found where there is no such user', async () => {
    partner.does(respond(404, {}));
    const { body } = await usher.get('users/nobody/events').expect(404);
    expect(body).toMatchObject({ code: 'not-found' });
  });

  it.each([
    ['a%2Fb', '/getUserById/a%2Fb'],
    ['a%3Fb%23c', '/getUserById/a%3Fb%23c'],
    ['%C3%A9', '/getUserById/%C3%A9'],
  ])('stay below their path: %s', async (id, path) => {
    partner.does(respond(404, {}));
    await usher.get(`users/${id}/events`).expect(404);
    expect(partner.received.map((request) => request.path)).toEqual([path]);
  });

  it.each(['%2E%2E', '..%00', 'x'.repeat(101)])('are not asked for with %s for an id', async (id) => {
    partner.does(user);
    await usher.get(`users/${id}/events`).expect(404);
    expect(partner.received).toEqual([]);
  });
});

describe('a partner that takes its time', () => {
  const slow: PartnerApp[] = [];
  const start = async (environment: Record<string, string>) => {
    const app = await PartnerApp.start({ PARTNER_API_URL: partner.url, ...environment });
    slow.push(app);
    return app;
  };
  afterEach(async () => {
    for (const app of slow.splice(0)) await app.app.close();
  });

  it.each<[string, Script, number, string]>([
    ['never answers', hang, 504, 'partner-timeout'],
    ['never ends its answer', stall(200), 504, 'partner-timeout'],
    ['never ends its error', stall(500), 502, 'partner-failed'],
  ])('is given up on when it %s', async (_, script, status, code) => {
    const app = await start({ PARTNER_TIMEOUT_MS: '100' });
    partner.does(script);
    const { body } = await app.get('users').expect(status);
    expect(body).toMatchObject({ code });
  });

  it('has one deadline for all the calls of a request', async () => {
    const app = await start({ PARTNER_TIMEOUT_MS: '60000', PARTNER_DEADLINE_MS: '500' });
    partner.does(routes({ '/getUserById/1': respond(200, { id: 1, events: [1, 2] }), '/getEventById/1': hang }));
    const { body } = await app.get('users/1/events').expect(504);
    expect(body).toMatchObject({ code: 'partner-timeout' });
  });

  it('cannot be reached at all', async () => {
    const app = await start({ PARTNER_API_URL: 'http://127.0.0.1:1' });
    const { body, headers } = await app.get('users').expect(503);
    expect(body).toMatchObject({ code: 'partner-unavailable' });
    expect(headers['retry-after']).toBe('5');
  });
});

describe('without a partner', () => {
  it('everything is unavailable, and the status says why', async () => {
    const app = await PartnerApp.start({});
    try {
      for (const path of ['users', 'events', 'users/1/events']) {
        const { body } = await app.get(path).expect(503);
        expect(body).toMatchObject({ code: 'partner-unavailable', detail: 'No partner system is connected here.' });
      }
      await app.post().expect(503);
      expect(await app.status()).toMatchObject({ connected: false, state: 'closed', failures: 0 });
    } finally {
      await app.app.close();
    }
  });
});
