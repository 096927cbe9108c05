import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '#testing';
import { PartnerApp } from './testing/partner-app.js';
import { hang, reset, respond, routes, type Script, ScriptedPartner } from './testing/scripted-partner.js';

let partner: ScriptedPartner;
let usher: PartnerApp;

const start = async () => {
  usher = await PartnerApp.start({ PARTNER_API_URL: partner.url, PARTNER_TIMEOUT_MS: '60000' });
};
const stop = () => usher.app.close();

beforeAll(async () => {
  partner = await ScriptedPartner.start();
});
afterAll(() => partner.stop());

const done = respond(200, { success: true });
const busy = respond(503, { success: false, error: 'Service temporarily unavailable' });
const users = respond(200, []);
const failing = routes({ '/addEvent': busy, '/getUsers': busy });
const well = routes({ '/addEvent': done, '/getUsers': users });

describe('adding an event', () => {
  beforeAll(start, 60_000);
  // Long enough for a failure to be forgotten.
  beforeEach(() => usher.later(60));
  afterAll(stop);

  it('sends it once, with an id of ours', async () => {
    partner.does(well);
    const { body } = await usher.post({ name: 'Jazz night', user_id: '3', details: 'Loud' }).expect(201);
    expect(body).toEqual({ id: expect.any(String), name: 'Jazz night', user_id: '3', details: 'Loud' });
    const { id } = body as { id: string };
    expect(partner.received).toMatchObject([
      {
        method: 'POST',
        path: '/addEvent',
        headers: { 'content-type': 'application/json', 'idempotency-key': id },
        body: { id, name: 'Jazz night', userId: '3', details: 'Loud' },
      },
    ]);
    expect(partner.received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('takes nothing else', async () => {
    partner.does(well);
    for (const body of [{}, { name: ' ', user_id: '1' }, { name: 'Tea' }, { name: 'Tea', user_id: '1', userId: '1' }])
      await usher.post(body).expect(400);
    await usher.app.http.post('/v1/partner/events').send({ name: 'Tea', user_id: '1' }).expect(401);
    expect(partner.received).toEqual([]);
  });

  it.each<[string, Script, number, string]>([
    ['a reset', reset, 502, 'partner-failed'],
    ['500', respond(500, {}), 502, 'partner-failed'],
    ['503', busy, 503, 'partner-unavailable'],
    ['HTML', respond(200, '<html>'), 502, 'partner-invalid-answer'],
    ['a success that is none', respond(200, { success: false }), 502, 'partner-invalid-answer'],
    ['a redirect', respond(307, '', { location: '/addEvent' }), 502, 'partner-invalid-answer'],
    ['421', respond(421, {}), 502, 'partner-invalid-answer'],
  ])('is not repeated after %s', async (_, script, status, code) => {
    partner.does(script);
    const { body } = await usher.post().expect(status);
    expect(body).toMatchObject({ code });
    expect(partner.received).toHaveLength(1);
  });

  it('has the same id when the client repeats it after a failure, and is not sent again after success', async () => {
    const key = { 'idempotency-key': 'tour-1' };
    partner.does(respond(500, {}));
    await usher.post(undefined, key).expect(502);
    const [first] = partner.received;
    partner.does(well);
    const second = await usher.post(undefined, key).expect(201);
    const replayed = await usher.post(undefined, key).expect(201);
    expect(partner.received.map(({ body }) => body)).toEqual([first?.body]);
    expect(replayed.body).toEqual(second.body);
    const other = await usher.app.tokens.session();
    await usher.post(undefined, { ...key, ...other.headers }).expect(201);
    const keys = [first, ...partner.received].map((request) => request?.headers['idempotency-key']);
    expect(new Set(keys).size).toBe(2);
  });

  it.each([400, 404, 409, 422])('is refused as the partner refuses it with %i, which is no failure', async (status) => {
    partner.does(respond(status, { success: false, error: 'Bad', message: `No such\u0007user${'!'.repeat(500)}` }));
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const { body } = await usher.post().expect(422);
      expect(body).toMatchObject({ code: 'partner-refused' });
      const { detail } = body as { detail: string };
      expect(detail).toMatch(/^The partner system refused the request\. It says: No such user!{188}$/);
    }
    expect(await usher.status()).toMatchObject({ state: 'closed', failures: 0 });
  });

  it('is refused without a reason where the partner gives none', async () => {
    partner.does(respond(400, '<html>'));
    const { body } = await usher.post().expect(422);
    expect(body).toMatchObject({ detail: 'The partner system refused the request.' });
  });
});

describe('the breaker on writes', () => {
  // One of its own for each.
  beforeEach(start, 60_000);
  afterEach(stop);

  const open = async () => {
    partner.does(failing);
    for (let failure = 0; failure < 3; failure += 1) await usher.post().expect(503);
  };

  it('opens on the third failure, and holds back writes but not reads', async () => {
    await open();
    expect(partner.asked('/addEvent')).toHaveLength(3);
    usher.later(12.5);
    const { body, headers } = await usher.post().expect(503);
    expect(body).toMatchObject({ code: 'partner-unavailable', detail: expect.stringContaining('repeatedly') });
    expect(headers['retry-after']).toBe('18');
    expect(partner.asked('/addEvent')).toHaveLength(3);
    partner.does(routes({ '/getUsers': users }));
    await usher.get('users').expect(200);
  });

  it('tells how it stands', async () => {
    expect(await usher.status()).toEqual({
      connected: true,
      state: 'closed',
      failures: 0,
      last_failure: null,
      next_probe_at: null,
    });
    const now = usher.now.toISOString();
    await open();
    expect(await usher.status()).toEqual({
      connected: true,
      state: 'open',
      failures: 3,
      last_failure: { at: now, reason: 'The partner system is too busy.', status: 503 },
      next_probe_at: new Date(usher.now.getTime() + 30_000).toISOString(),
    });
    const metrics = await usher.metrics();
    expect(metrics).toMatch(/^usher_partner_breaker_state\{.*\} 1$/m);
    expect(metrics).toMatch(/^usher_partner_call_duration_seconds_count\{.*operation="add_event",outcome="busy"\} 3$/m);
  });

  it('forgets failures after 30 s', async () => {
    partner.does(failing);
    await usher.post().expect(503);
    await usher.post().expect(503);
    usher.later(31);
    await usher.post().expect(503);
    expect(await usher.status()).toMatchObject({ state: 'closed', failures: 1 });
  });

  it('is not opened by reads', async () => {
    partner.does(failing);
    for (let failure = 0; failure < 4; failure += 1) await usher.get('users').expect(503);
    expect(await usher.status()).toMatchObject({ state: 'closed', failures: 0 });
  });

  it('probes after 30 s by itself, without writing, and again after another 30 s, until the partner is well', async () => {
    await open();
    usher.later(30);
    await until(() => expect(partner.asked('/getUsers')).toHaveLength(1));
    const next = new Date(usher.now.getTime() + 30_000).toISOString();
    await until(async () => expect(await usher.status()).toMatchObject({ state: 'open', next_probe_at: next }));
    await usher.post().expect(503);
    expect(partner.asked('/addEvent')).toHaveLength(3);

    partner.does(well);
    usher.later(30);
    await until(async () =>
      expect(await usher.status()).toMatchObject({ state: 'closed', failures: 0, next_probe_at: null }),
    );
    expect(partner.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /getUsers']);
    await usher.post().expect(201);
  });

  it('lets no write through while it probes', async () => {
    await open();
    partner.does(hang);
    usher.later(30);
    await until(async () => expect(await usher.status()).toMatchObject({ state: 'half_open' }));
    const { headers } = await usher.post().expect(503);
    expect(headers['retry-after']).toBe('1');
    expect(partner.asked('/addEvent')).toEqual([]);
  });
});
