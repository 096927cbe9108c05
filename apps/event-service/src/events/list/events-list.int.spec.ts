import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventResource } from '#contracts';
import { type Caller, EventsApp } from '../testing/events-app.js';

let app: EventsApp;
let ada: Caller;
let bob: Caller;

interface List {
  data: EventResource[];
  next_cursor: string | null;
}

const list = async (query: string): Promise<List> =>
  (await app.request('get', `/v1/events${query}`).expect(200)).body as List;
const titles = async (query: string): Promise<string[]> => (await list(query)).data.map(({ title }) => title);

/** Every page of a query, after `between` pages. */
async function walk(query: string, between: (page: number) => Promise<unknown> = async () => {}): Promise<List[]> {
  const pages: List[] = [];
  for (let cursor: string | null | undefined; cursor !== null; cursor = pages.at(-1)?.next_cursor ?? null) {
    if (cursor !== undefined) await between(pages.length);
    pages.push(await list(`${query}${cursor === undefined ? '' : `&cursor=${cursor}`}`));
  }
  return pages;
}
const rowsOf = (pages: List[]): string[] => pages.flatMap(({ data }) => data.map(({ title }) => title));

beforeAll(async () => {
  app = await EventsApp.start();
  ada = await app.caller('ada');
  bob = await app.caller('bob');
});
afterAll(() => app.stop());

describe('the list of events', () => {
  const at = (lng: number, lat: number) => ({ coordinates: { type: 'Point', coordinates: [lng, lat] } });
  const times = (start: number) => ({ start_time: app.hours(start), end_time: app.hours(start + 2) });

  beforeAll(async () => {
    await app.clear();
    app.now = new Date('2026-11-20T10:00:00.000Z');
    await app.create(ada, { title: 'Jazz concert', tags: ['music', 'jazz'], ...at(13.4, 52.5), ...times(30) });
    await app.create(bob, { title: 'Rock concerts', tags: ['music'], location: 'France', ...times(20) });
    await app.create(ada, { title: 'Marathon', description: 'No jazz here', max_attendees: 1, ...times(10) });
    await app.create(bob, { title: 'Chess', tags: ['jazz'], location: 'Lisbon', ...at(-9.1, 38.7), ...times(40) });
    const over = await app.create(ada, { title: 'Called off', tags: ['music'], ...at(13, 52.4), ...times(50) });
    await app.request('post', `/v1/events/${over.id}/cancel`, ada).expect(200);
    const events = app.connection.collection('events');
    await events.updateOne({ title: 'Marathon' }, { $set: { booked_seats: 1, available: false } });
    app.now = new Date('2026-11-20T10:00:01.000Z');
  });

  it.each([
    ['', ['Marathon', 'Rock concerts', 'Jazz concert', 'Chess', 'Called off']],
    ['?sort=start_time', ['Marathon', 'Rock concerts', 'Jazz concert', 'Chess', 'Called off']],
    ['?sort=-start_time', ['Called off', 'Chess', 'Jazz concert', 'Rock concerts', 'Marathon']],
    ['?sort=created_at', ['Jazz concert', 'Rock concerts', 'Marathon', 'Chess', 'Called off']],
    ['?sort=-created_at', ['Called off', 'Chess', 'Marathon', 'Rock concerts', 'Jazz concert']],
    ['?status=canceled', ['Called off']],
    ['?status=scheduled&limit=2', ['Marathon', 'Rock concerts']],
    ['?tag=music', ['Rock concerts', 'Jazz concert', 'Called off']],
    ['?tag=music&tag=jazz', ['Jazz concert']],
    ['?tag=Music', []],
    ['?country=FR', ['Rock concerts']],
    ['?country=fr', ['Rock concerts']],
    ['?available=true', ['Rock concerts', 'Jazz concert', 'Chess']],
    ['?near=13.4,52.5&radius_km=40', ['Jazz concert', 'Called off']],
    ['?near=13.4,52.5&radius_km=1', ['Jazz concert']],
    ['?near=13.4,52.5&radius_km=20000', ['Jazz concert', 'Chess', 'Called off']],
    ['?near=13.3,52.5', ['Jazz concert', 'Called off']],
    ['?starts_after=2026-11-21T16:00:00Z', ['Jazz concert', 'Chess', 'Called off']],
    ['?starts_after=2026-11-21T17:00:00%2B01:00&starts_before=2026-11-22T02:00:00Z', ['Jazz concert']],
    ['?starts_after=2026-11-21T17:00:00+01:00&starts_before=2026-11-22T02:00:00Z', ['Jazz concert']],
    ['?starts_before=2026-11-20T20:00:00Z', []],
    ['?q=concert', ['Rock concerts', 'Jazz concert']],
    ['?q=CONCERTS', ['Rock concerts', 'Jazz concert']],
    ['?q=jazz', ['Marathon', 'Jazz concert', 'Chess']],
    ['?q=jazz+concert', ['Jazz concert']],
    ['?q="no+jazz"', ['Marathon']],
    ['?q=jazz+-marathon', ['Jazz concert', 'Chess']],
    ['?q=lisbon', ['Chess']],
    ['?q="', []],
    ['?q=%24where', []],
    ['?q=jazz&sort=-start_time&limit=2', ['Chess', 'Jazz concert']],
    ['?q=jazz&tag=jazz&near=13.4,52.5&radius_km=40&status=scheduled&available=true', ['Jazz concert']],
  ])('%s', async (query, expected) => {
    expect(await titles(query)).toEqual(expected);
  });

  it('by whom it was created', async () => {
    expect(await titles(`?created_by=${bob.id}`)).toEqual(['Rock concerts', 'Chess']);
    expect(await titles(`?created_by=${bob.id}&country=FR`)).toEqual(['Rock concerts']);
  });

  it('what can be booked does not include what has begun', async () => {
    app.now = new Date('2026-11-21T06:00:00.000Z');
    expect(await titles('?available=true')).toEqual(['Jazz concert', 'Chess']);
    app.now = new Date('2026-11-20T10:00:01.000Z');
  });

  it.each([
    ['status=open', 'status'],
    ['status=scheduled&status=canceled', 'status'],
    ['tag=', 'tag'],
    ['country=Germany', 'country'],
    ['q=', 'q'],
    [`q=${'x'.repeat(201)}`, 'q'],
    ['q[$ne]=x', 'q[$ne]'],
    ['starts_after=yesterday', 'starts_after'],
    ['starts_before=2026-11-20', 'starts_before'],
    ['created_by=ada', 'created_by'],
    ['near=13.4', 'near'],
    ['near=181,0', 'near/0'],
    ['near=0,91', 'near/1'],
    ['near=a,b', 'near/0'],
    ['near=1,2,3', 'near'],
    ['radius_km=5', 'radius_km'],
    ['near=1,2&radius_km=-5', 'radius_km'],
    ['near=1,2&radius_km=0', 'radius_km'],
    ['near=1,2&radius_km=1e9', 'radius_km'],
    ['available=yes', 'available'],
    ['sort=title', 'sort'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=ten', 'limit'],
    ['cursor=x', 'cursor'],
    ['page=2', 'page'],
    ['statsu=scheduled', 'statsu'],
    ['q=%00', 'q'],
    ['tag=a&tag=%00', 'tag/1'],
    ['tag[]=x', 'tag[]'],
    ['limit=1&limit=2', 'limit'],
    ['near=NaN,1', 'near/0'],
    ['constructor=1', 'constructor'],
    ['cursor=WyJzdGFydF90aW1lIiwieCIsInkiXQ', 'cursor'],
  ])('refuses ?%s', async (query, name) => {
    const { body } = await app.request('get', `/v1/events?${query}`).expect(400);
    const pointers = (body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    expect(pointers).toContain(`/query/${name}`);
  });

  it.each(['q=%zz', 'q=%ff', `q=${'%F0%9F%98%80'.repeat(90)}`, '=', '&&&', 'tag=%F0%9F%98%80'])(
    'is not put out by ?%s',
    async (query) => {
      const { status } = await app.request('get', `/v1/events?${query}`);
      expect([200, 400]).toContain(status);
    },
  );

  it('links to the next page', async () => {
    const { headers, body } = await app.request('get', '/v1/events?limit=2&tag=music').expect(200);
    const next = /^<http:\/\/usher\.test(\/v1\/events\?[^>]*)>; rel="next"$/.exec(headers['link'] as string)?.[1] ?? '';
    expect(next).toContain((body as List).next_cursor);
    expect(await titles(next.replace('/v1/events', ''))).toEqual(['Called off']);
  });

  it('refuses a cursor of another sort', async () => {
    const { next_cursor } = await list('?limit=2');
    await app.request('get', `/v1/events?sort=-start_time&cursor=${next_cursor}`).expect(400);
  });

  it('of a full text query has pages too', async () => {
    for (const sort of ['start_time', '-start_time', 'created_at', '-created_at']) {
      const pages = await walk(`?q=jazz&sort=${sort}&limit=1`);
      expect(rowsOf(pages)).toEqual(await titles(`?q=jazz&sort=${sort}`));
      expect(pages).toHaveLength(3);
    }
  });
});

describe('pages', () => {
  it('hold every event once, in order, whatever the limit, also where many start at once', async () => {
    await app.clear();
    app.now = new Date('2026-11-20T10:00:00.000Z');
    for (let n = 0; n < 25; n += 1)
      await app.create(ada, { title: `E${n}`, start_time: app.hours(1 + (n % 3)), end_time: app.hours(9) });
    const sorts = fc.constantFrom('start_time', '-start_time', 'created_at', '-created_at');
    await fc.assert(
      fc.asyncProperty(sorts, fc.integer({ min: 1, max: 30 }), async (sort, limit) => {
        const pages = await walk(`?sort=${sort}&limit=${limit}`);
        expect(rowsOf(pages)).toEqual(await titles(`?sort=${sort}&limit=100`));
        expect(pages).toHaveLength(Math.ceil(25 / limit));
      }),
      { numRuns: 20 },
    );
  });

  it('neither repeat nor lose a row while events are created before and after them', async () => {
    const before = await titles('?limit=100');
    const pages = await walk('?limit=4', (page) =>
      app.create(bob, {
        title: `New ${page}`,
        start_time: app.hours(page % 2 === 0 ? 0.5 : 2),
        end_time: app.hours(9),
      }),
    );
    const rows = rowsOf(pages);
    expect(new Set(rows).size).toBe(rows.length);
    expect(rows.filter((title) => title.startsWith('E'))).toEqual(before);
  });
});
