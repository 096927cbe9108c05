import { PassThrough } from 'node:stream';
import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newId } from '#kernel';
import { createLogger, Metrics, ObservabilityModule } from '#observability';
import { hangs, resets } from '../../test/receiver.js';
import { CLOCK, readConfig } from '../config.js';
import { SettingsModule } from '../settings.module.js';
import { EnrichmentModule } from './enrichment.module.js';
import { Enrichment } from './enrichment.service.js';
import { ACCOUNT, EventServiceStandIn, replies } from './testing/event-service-stand-in.js';
import { eventNow, factsOfBooking, factsOfEvent } from './testing/facts.js';

const NEEDS = ['event.location', 'event.end_time', 'booking.code'];
const LOOKUP = '/v1/contacts/lookup';
const TOKEN = '/v1/auth/token';

let eventService: EventServiceStandIn;
let app: INestApplicationContext;
let enrichment: Enrichment;
let log: string;
/** How much later it is than it was, in milliseconds. */
let later: number;

beforeEach(async () => {
  later = 0;
  // The breaker's library reads the clock by itself.
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + later);
  eventService = await EventServiceStandIn.start();
  await start(identity());
});
afterEach(async () => {
  jest.restoreAllMocks();
  await app.close();
  await eventService.close();
});

const identity = () => ({
  SERVICE_CLIENT_ID: eventService.client.id,
  SERVICE_CLIENT_SECRET: eventService.client.secret,
});

async function start(settings: Record<string, string>): Promise<void> {
  const lines = new PassThrough();
  log = '';
  lines.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const logger = createLogger({ service: 'test', level: 'debug' }, lines);
  const config = readConfig({ EVENT_SERVICE_URL: eventService.url, ...settings });
  const testing = await Test.createTestingModule({
    imports: [
      SettingsModule.forRoot(config),
      ObservabilityModule.forRoot({ service: 'test', logger }),
      EnrichmentModule,
    ],
  })
    .overrideProvider(CLOCK)
    .useValue({ now: () => new Date(Date.now()) })
    .compile();
  app = await testing.init();
  enrichment = app.get(Enrichment);
}

const contactOf = (id: string) => enrichment.contactOf({ kind: 'user', id });
const metrics = () => app.get(Metrics).registry.metrics();

describe('a thousand recipients', () => {
  it('are found in a few requests, and not asked for again for a minute', async () => {
    const people = Array.from({ length: 1_000 }, () => eventService.person());
    const all = () => Promise.all(people.map(({ id }) => contactOf(id)));
    const expected = people.map(({ email }) => ({ kind: 'complete', data: { email, name: 'ada', account: ACCOUNT } }));
    expect(await all()).toEqual(expected);
    expect([eventService.asked(TOKEN).length, eventService.asked(LOOKUP).length]).toEqual([1, 2]);
    later = 59_000;
    await all();
    expect(eventService.asked(LOOKUP)).toHaveLength(2);
    later = 61_000;
    expect(await all()).toEqual(expected);
    expect(eventService.asked(LOOKUP)).toHaveLength(4);
    expect(await metrics()).toMatch(/usher_enrichment_lookups_total\{source="users",outcome="found",.*\} 2000/);
  });

  it('share the event that they are told of', async () => {
    const event = eventNow(newId());
    eventService.events.set(event.id, event);
    const all = Array.from({ length: 200 }, () => enrichment.enrich(NEEDS, factsOfBooking('confirmed', event.id)));
    for (const enriched of await Promise.all(all))
      expect(enriched).toMatchObject({
        kind: 'complete',
        data: { event: { location: 'Lisbon', end_time: event.end_time }, booking: { code: 'K7Q2M9XA' } },
      });
    expect(eventService.asked(`/v1/events/${event.id}`)).toHaveLength(1);
  });
});

describe('what event-service does not know', () => {
  it('is missing for good: an erased person, an event that has been deleted', async () => {
    expect(await contactOf(newId())).toEqual({ kind: 'missing', what: ['user'] });
    expect(await enrichment.contactOf({ kind: 'attendee', id: newId() })).toEqual({
      kind: 'missing',
      what: ['attendee'],
    });
    expect(await enrichment.enrich(NEEDS, factsOfBooking('confirmed'))).toEqual({
      kind: 'missing',
      what: ['event.location', 'event.end_time'],
    });
  });

  it('is not asked for where the event itself says it', async () => {
    const enriched = await enrichment.enrich(['event.location'], factsOfEvent('deleted'));
    expect(enriched).toMatchObject({ kind: 'complete', data: { event: { location: 'London' } } });
    expect(eventService.asked(TOKEN)).toEqual([]);
  });

  it('does not keep an attendee from being found', async () => {
    const { id, email } = eventService.person();
    expect(await enrichment.contactOf({ kind: 'attendee', id })).toEqual({
      kind: 'complete',
      data: { email, name: 'Ada Lovelace', account: null },
    });
  });
});

describe('the token', () => {
  it('is fetched anew, once, where it is refused', async () => {
    const [first, second, third] = [eventService.person(), eventService.person(), eventService.person()];
    await contactOf(first.id);
    eventService.revokeTokens();
    const both = await Promise.all([contactOf(second.id), enrichment.contactOf({ kind: 'attendee', id: third.id })]);
    expect(both).toMatchObject([{ kind: 'complete' }, { kind: 'complete' }]);
    expect(eventService.asked(TOKEN)).toHaveLength(2);
  });

  it('that is refused again ends the attempt', async () => {
    eventService.instead = replies(401);
    expect(await contactOf(newId())).toEqual({ kind: 'unavailable' });
    expect(eventService.asked(LOOKUP)).toHaveLength(2);
  });
});

describe('an event-service that is not well', () => {
  it.each([
    ['resets', resets, 'failed'],
    ['fails', replies(500), 'failed'],
    ['lets nobody in', replies(403), 'refused'],
    ['talks nonsense', replies(200, { users: [{ id: newId(), email: 7, name: 'Lovelace' }] }), 'nonsense'],
  ])('%s: it may be asked again', async (_, instead, outcome) => {
    eventService.instead = instead;
    expect(await contactOf(newId())).toEqual({ kind: 'unavailable' });
    expect(log).toContain(`"outcome":"${outcome}"`);
  });

  it('is waited for no longer than the settings say', async () => {
    await app.close();
    await start({ ...identity(), EVENT_SERVICE_TIMEOUT_MS: '200' });
    eventService.instead = hangs;
    expect(await contactOf(newId())).toEqual({ kind: 'unavailable' });
    expect(log).toContain('"outcome":"late"');
  });

  it('is not taken for what else may answer at its address', async () => {
    eventService.instead = replies(404, { message: 'no such site' });
    expect(await enrichment.enrich(NEEDS, factsOfBooking('confirmed'))).toEqual({ kind: 'unavailable' });
  });

  it('says when it may be asked again', async () => {
    eventService.instead = replies(503, {}, { 'retry-after': '7' });
    expect(await contactOf(newId())).toEqual({ kind: 'unavailable', retryAfter: 7 });
  });

  it('is left alone for ten seconds after five failures, and asked by one when they are over', async () => {
    const { id, email } = eventService.person();
    eventService.instead = replies(500);
    for (let failure = 0; failure < 5; failure += 1) await contactOf(id);
    eventService.forgetRequests();
    expect(await contactOf(id)).toEqual({ kind: 'unavailable', retryAfter: 10 });
    expect(eventService.asked(LOOKUP)).toEqual([]);
    later = 10_001;
    await Promise.all([contactOf(newId()), enrichment.contactOf({ kind: 'attendee', id })]);
    expect(eventService.asked(LOOKUP)).toHaveLength(1);
    expect(await contactOf(id)).toMatchObject({ kind: 'unavailable' });
    expect(await metrics()).toMatch(/usher_enrichment_breaker_state\{.*\} 1/);
    eventService.instead = undefined;
    later = 20_002;
    expect(await contactOf(id)).toMatchObject({ kind: 'complete', data: { email } });
    expect(await metrics()).toMatch(/usher_enrichment_breaker_state\{.*\} 0/);
  });

  it('tells the log nothing of people', async () => {
    const { id, email } = eventService.person();
    await contactOf(id);
    // A parser quotes what is as short as this.
    eventService.instead = (response) => void response.end('<ada@example.com>');
    expect(await contactOf(newId())).toEqual({ kind: 'unavailable' });
    expect(log).toContain('"outcome":"nonsense"');
    expect(log).not.toContain(email);
    expect(log).not.toContain('ada@');
  });
});

it('is off without an identity, and says so', async () => {
  await app.close();
  await start({});
  expect(enrichment.isConfigured).toBe(false);
  expect(log).toContain('enrichment.off');
  expect(await contactOf(newId())).toEqual({ kind: 'unavailable' });
  expect(eventService.asked(TOKEN)).toEqual([]);
});
