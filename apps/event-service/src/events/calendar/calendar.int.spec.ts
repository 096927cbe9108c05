import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newId, UsherError } from '#kernel';
import { EventsService } from '../events.service.js';
import { type Caller, EventsApp } from '../testing/events-app.js';
import { componentsOf, readByIcalJs, readByNodeIcal } from './testing/read-calendar.js';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const DAY_H = 24;

let app: EventsApp;
let ada: Caller;
let bob: Caller;

beforeAll(async () => {
  app = await EventsApp.start();
  ada = await app.caller('ada');
  bob = await app.caller('bob');
});
afterAll(() => app.stop());
beforeEach(async () => {
  app.now = NOW;
  await app.clear();
});

const titles = async (query: string): Promise<string[]> => {
  const { text } = await app.request('get', `/v1/events.ics${query}`).expect(200);
  return readByIcalJs(text).map(({ summary }) => summary);
};

describe('GET /v1/events/:id.ics', () => {
  it('answers the event to anyone, as both readers understand it', async () => {
    const event = await app.create(ada, {
      title: 'Jazz, früh & spät; "live" 🎷',
      description: 'Two sets.\n\nBring\\take friends, and: chairs.',
      timezone: 'Europe/Berlin',
    });
    const { text, headers } = await app.request('get', `/v1/events/${event.id}.ics`).expect(200);
    expect(headers).toMatchObject({
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': `inline; filename="${event.id}.ics"`,
      'content-length': String(Buffer.byteLength(text)),
      etag: '"1"',
      'x-content-type-options': 'nosniff',
    });
    for (const read of [readByIcalJs, readByNodeIcal])
      expect(read(text)).toEqual([
        {
          uid: `${event.id}@usher`,
          start: new Date(event.start_time),
          end: new Date(event.end_time),
          summary: event.title,
          description: event.description,
          location: event.location,
        },
      ]);
    expect(text).toContain(`URL;VALUE=URI:http://usher.test/v1/events/${event.id}`.slice(0, 70));
  });

  it('is not sent again to who has this version', async () => {
    const { id } = await app.create(ada);
    const path = `/v1/events/${id}.ics`;
    const { text, headers } = await app.request('get', path).set('if-none-match', '"1"').expect(304);
    expect(text).toBe('');
    expect(headers).toMatchObject({ etag: '"1"' });
    await app.request('patch', `/v1/events/${id}`, ada).send({ title: 'Jazz morning' }).expect(200);
    const changed = await app.request('get', path).set('if-none-match', '"1"').expect(200);
    expect(changed.headers).toMatchObject({ etag: '"2"' });
    expect(changed.text).toContain('\r\nSEQUENCE:1\r\n');
    expect(changed.text).toContain('\r\nSUMMARY:Jazz morning\r\n');
  });

  it('answers a HEAD', async () => {
    const { id } = await app.create(ada);
    const { headers } = await app.nest.inject({ method: 'HEAD', url: `/v1/events/${id}.ics` });
    expect(headers).toMatchObject({ 'content-type': 'text/calendar; charset=utf-8', etag: '"1"' });
  });

  it('says that an event is canceled, and is gone with it', async () => {
    const { id } = await app.create(ada);
    await app.request('post', `/v1/events/${id}/cancel`, ada).expect(200);
    const { text } = await app.request('get', `/v1/events/${id}.ics`).expect(200);
    expect(text).toMatch(/\r\nSEQUENCE:1\r\n[^]*\r\nSTATUS:CANCELLED\r\n/);
    await app.request('delete', `/v1/events/${id}`, ada).expect(204);
    const { body, headers } = await app.request('get', `/v1/events/${id}.ics`).expect(404);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['content-disposition']).toBeUndefined();
    expect(body).toMatchObject({ code: 'not-found', status: 404, instance: `/v1/events/${id}.ics` });
  });

  it.each([`${newId()}.ics`, 'jazz.ics', `${newId()}x.ics`, `${newId()}.ics.ics`, '.ics', `${newId()}.ICS`, '%20.ics'])(
    'is a problem where there is no such event: %s',
    async (name) => {
      const { body, headers } = await app.request('get', `/v1/events/${name}`).expect(404);
      expect(headers['content-type']).toBe('application/problem+json');
      expect(body).toMatchObject({ code: 'not-found' });
    },
  );

  it('is for reading only', async () => {
    const { body, headers } = await app.request('post', `/v1/events/${newId()}.ics`, ada).expect(405);
    expect(body).toMatchObject({ code: 'method-not-allowed' });
    expect(headers['allow']).toContain('GET, HEAD');
  });
});

describe('GET /v1/events.ics', () => {
  it('answers the events of the list, to be subscribed to', async () => {
    await app.create(ada, {
      title: 'Later',
      timezone: 'Asia/Tokyo',
      start_time: app.hours(50),
      end_time: app.hours(51),
    });
    await app.create(bob, { title: 'Sooner', timezone: 'America/New_York' });
    const { text, headers } = await app.request('get', '/v1/events.ics').expect(200);
    expect(headers).toMatchObject({
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'inline; filename="events.ics"',
    });
    expect(text).toContain('\r\nX-WR-CALNAME:Usher\r\n');
    for (const read of [readByIcalJs, readByNodeIcal])
      expect(read(text)).toMatchObject([
        { summary: 'Sooner', start: new Date(app.hours(24)), end: new Date(app.hours(26)) },
        { summary: 'Later', start: new Date(app.hours(50)), end: new Date(app.hours(51)) },
      ]);
  });

  it('narrows and orders them as the list does', async () => {
    const times = (start: number) => ({ start_time: app.hours(start), end_time: app.hours(start + 1) });
    await app.create(ada, { title: 'Jazz', tags: ['music', 'late'], location: 'France', ...times(1) });
    const rock = await app.create(bob, { title: 'Rock', tags: ['music'], max_attendees: 5, ...times(2) });
    await app.create(bob, { title: 'Chess', ...times(3) });
    await app.request('post', `/v1/events/${rock.id}/cancel`, bob).expect(200);
    expect(await titles('')).toEqual(['Jazz', 'Rock', 'Chess']);
    expect(await titles('?sort=-start_time')).toEqual(['Chess', 'Rock', 'Jazz']);
    expect(await titles('?tag=music&tag=late')).toEqual(['Jazz']);
    expect(await titles('?status=canceled')).toEqual(['Rock']);
    expect(await titles(`?created_by=${bob.id}&available=true`)).toEqual(['Chess']);
    expect(await titles('?q=jazz')).toEqual(['Jazz']);
    expect(await titles(`?starts_after=${app.hours(2)}&starts_before=${app.hours(3)}`)).toEqual(['Rock']);
    expect(await titles('?country=FR')).toEqual(['Jazz']);
    expect(await titles('?country=PT')).toEqual([]);
  });

  it('begins 30 days ago, unless it is told when', async () => {
    const { start_time: start } = await app.create(ada, { title: 'Past' });
    app.now = new Date(new Date(start).getTime() + 30 * DAY_H * 3_600_000);
    expect(await titles('')).toEqual(['Past']);
    app.now = new Date(app.now.getTime() + 1);
    expect(await titles('')).toEqual([]);
    expect(await titles(`?starts_after=${start}`)).toEqual(['Past']);
    expect(await titles(`?starts_before=${app.now.toISOString()}`)).toEqual(['Past']);
  });

  it('holds the first 1,000, whatever the pages in which they are read', async () => {
    const { id } = await app.create(ada);
    const events = app.connection.collection('events');
    const { _id, ...sample } = (await events.findOne({ title: 'Jazz night' }))!;
    const copies = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ ...sample, _id: newId() as never, title: `Copy ${n}` }));
    await events.insertMany(copies(299));
    expect(await titles('')).toHaveLength(300);
    await events.insertMany(copies(705));
    const { text } = await app.request('get', '/v1/events.ics').expect(200);
    const uids = componentsOf(text).map((component) => component.getFirstPropertyValue('uid'));
    expect(uids).toHaveLength(1_000);
    expect(new Set(uids).size).toBe(1_000);
    expect(uids[0]).toBe(`${id}@usher`);
  });

  it.each([
    ['status=open', 'status'],
    ['near=1', 'near'],
    ['radius_km=5', 'radius_km'],
    ['starts_after=yesterday', 'starts_after'],
    ['limit=5', 'limit'],
    ['cursor=x', 'cursor'],
  ])('refuses ?%s', async (query, name) => {
    const { body, headers } = await app.request('get', `/v1/events.ics?${query}`).expect(400);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toMatchObject({ code: 'validation-failed', errors: [{ pointer: `/query/${name}` }] });
  });

  it('is cut off where it cannot be read to its end, and does not pass for a whole one', async () => {
    await app.create(ada);
    const events = app.connection.collection('events');
    const { _id, ...sample } = (await events.findOne({}))!;
    await events.insertMany(Array.from({ length: 100 }, () => ({ ...sample, _id: newId() as never })));
    const service = app.nest.get(EventsService);
    const failing = jest.spyOn(service, 'listEvents');
    failing.mockImplementationOnce((query) => EventsService.prototype.listEvents.call(service, query));
    failing.mockRejectedValueOnce(new Error('away'));
    await expect(app.request('get', '/v1/events.ics')).rejects.toThrow('aborted');
    failing.mockRejectedValueOnce(new UsherError('unavailable', 'Away.'));
    const { headers } = await app.request('get', '/v1/events.ics').expect(503);
    expect(headers['content-type']).toBe('application/problem+json');
    failing.mockRestore();
  });

  it('is as empty as the list', async () => {
    expect(await titles('')).toEqual([]);
    const { headers, body } = await app.nest.inject({ method: 'HEAD', url: '/v1/events.ics' });
    expect(headers).toMatchObject({ 'content-type': 'text/calendar; charset=utf-8' });
    expect(body).toBe('');
  });
});
