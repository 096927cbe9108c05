import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPartner } from '#local-stack';
import type { Page } from '#http';
import { until } from '#testing';
import type { PartnerEvent } from './calls/partner-contract.js';
import { PartnerApp } from './testing/partner-app.js';

const standIn = createPartner();
let usher: PartnerApp;

beforeAll(async () => {
  const PARTNER_API_URL = await standIn.listen({ port: 0, host: '127.0.0.1' });
  usher = await PartnerApp.start({ PARTNER_API_URL, PARTNER_TIMEOUT_MS: '60000' });
}, 60_000);
afterAll(async () => {
  await usher.app.close();
  await standIn.close();
});

const set = async (faults: string) => {
  const { statusCode } = await standIn.inject({ method: 'PUT', url: `/faults?${faults}` });
  expect(statusCode).toBe(200);
};
const writesReceived = async () => {
  const answer = await standIn.inject('/faults');
  return answer.json<{ received: { writes: number } }>().received.writes;
};

describe('the partner’s stand-in', () => {
  it('is what the gateway takes for a partner', async () => {
    const { body } = await usher.get('users').expect(200);
    expect(body).toMatchObject({
      data: [{ id: '1', name: 'ada', event_ids: ['event-1'] }, { name: 'grace' }, { name: 'katherine', event_ids: [] }],
    });
    const events = await usher.get('users/2/events?limit=100').expect(200);
    expect((events.body as Page<PartnerEvent>).data).toHaveLength(40);
    await usher.get('users/9/events').expect(404);
  });

  it('adds an event once, and refuses one of nobody', async () => {
    const key = { 'idempotency-key': 'once' };
    const added = await usher.post({ name: 'Orbits', user_id: '3' }, key).expect(201);
    await usher.post({ name: 'Orbits', user_id: '3' }, key).expect(201);
    const events = await usher.get('users/3/events').expect(200);
    expect(events.body).toMatchObject({ data: [added.body] });
    const refused = await usher.post({ name: 'Orbits', user_id: '9' }).expect(422);
    expect(refused.body).toMatchObject({ detail: expect.stringContaining('There is no such user.') });
  });

  it.each([
    ['error', 502],
    ['busy', 503],
    ['nonsense', 502],
    ['reset', 502],
  ])('fails with %s on demand', async (fault, status) => {
    await set(`reads=${fault}`);
    await usher.get('users').expect(status);
    await set('reads=none');
    await usher.get('users').expect(200);
  });

  it('lets people try the breaker', async () => {
    await set('reads=error&writes=error');
    const before = await writesReceived();
    for (let failure = 0; failure < 3; failure += 1) await usher.post().expect(502);
    await usher.post().expect(503);
    expect(await writesReceived()).toBe(before + 3);
    await set('reads=none&writes=none');
    usher.later(30);
    await until(async () => expect(await usher.status()).toMatchObject({ state: 'closed' }));
    await usher.post().expect(201);
  });

  it('knows no other faults', async () => {
    for (const query of ['writes=sleepy', 'deletes=error'])
      expect((await standIn.inject({ method: 'PUT', url: `/faults?${query}` })).statusCode).toBe(400);
  });

  it('says what it does', async () => {
    expect((await standIn.inject('/')).body).toContain('PUT  /faults');
  });
});
