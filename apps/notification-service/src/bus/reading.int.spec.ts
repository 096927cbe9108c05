import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { until } from '#testing';
import { BusBed } from '../../test/bus-bed.js';
import { ArchiveRepository } from '../archive/archive.repository.js';

const SHOP = 'https://shop.example/orders';
const event = (number: number): Record<string, unknown> => ({
  specversion: '1.0',
  id: `order/${number}`,
  source: number % 2 === 0 ? SHOP : '/elsewhere',
  type: `com.acme.${['placed', 'paid', 'sent'][number % 3] ?? ''}`,
  subject: `orders/${number % 5}`,
  data: { number },
});

let bus: BusBed;
let middle: Date;
beforeAll(async () => {
  bus = await BusBed.start();
  const publish = async (from: number, to: number): Promise<void> => {
    await bus.publishBatch(Array.from({ length: to - from + 1 }, (_, index) => event(from + index)));
    await until(async () => expect((await list(`?after=${to - 1}`)).numbers).toEqual([to]));
  };
  await publish(1, 15);
  middle = new Date();
  await until(() => expect(Date.now()).toBeGreaterThan(middle.getTime()));
  await publish(16, 30);
}, 60_000);
afterAll(() => bus.close());

async function list(query: string): Promise<{ numbers: number[]; next: string | null; positions: number[] }> {
  const { status, body } = await bus.read(`/v1/bus/events${query}`);
  expect(status).toBe(200);
  const data = body.data as unknown as { data: { number: number }; position: number }[];
  return {
    numbers: data.map((one) => one.data.number),
    positions: data.map(({ position }) => position),
    next: body.next_cursor,
  };
}

const range = (from: number, to: number, keep: (number: number) => boolean = () => true): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index).filter(keep);

describe('GET /v1/bus/events', () => {
  it('lists in order of position, by page', async () => {
    const seen: number[] = [];
    for (let query: string | null = '?limit=7'; query !== null;) {
      const page = await list(query);
      expect(page.positions).toEqual(page.numbers);
      seen.push(...page.numbers);
      query = page.next === null ? null : `?limit=7&cursor=${page.next}`;
    }
    expect(seen).toEqual(range(1, 30));
  });

  it('filters by type, source, subject, position and time, alone and together', async () => {
    const at = encodeURIComponent(middle.toISOString());
    const paid = (number: number): boolean => number % 3 === 1;
    const shop = (number: number): boolean => number % 2 === 0;
    expect((await list('?limit=100&type=com.acme.paid')).numbers).toEqual(range(1, 30, paid));
    expect((await list(`?limit=100&source=${encodeURIComponent(SHOP)}`)).numbers).toEqual(range(1, 30, shop));
    expect((await list('?limit=100&subject=orders/2')).numbers).toEqual(range(1, 30, (number) => number % 5 === 2));
    expect((await list('?limit=100&after=28')).numbers).toEqual([29, 30]);
    expect((await list(`?limit=100&to=${at}`)).numbers).toEqual(range(1, 15));
    expect((await list(`?limit=100&from=${at}`)).numbers).toEqual(range(16, 30));
    expect((await list(`?limit=100&from=${at}&to=${at}`)).numbers).toEqual([]);
    expect(
      (await list(`?limit=100&from=${at}&after=20&type=com.acme.paid&source=${encodeURIComponent(SHOP)}`)).numbers,
    ).toEqual(range(21, 30, (number) => paid(number) && shop(number)));
  });

  it.each(['?type=', '?after=-1', '?from=yesterday', '?limit=0', '?kind=x', '?cursor=x'])(
    'refuses %s',
    async (query) => {
      expect((await bus.read(`/v1/bus/events${query}`)).status).toBe(400);
    },
  );

  it('walks an index for every filter, and reads no more than it answers', async () => {
    const archive = bus.bed.instances[0]!.get(ArchiveRepository, { strict: false });
    const profile = bus.connection.db!;
    await profile.command({ profile: 2 });
    const equal = [{ type: 'com.acme.paid' }, { source: SHOP }, { subject: 'orders/2' }, {}];
    for (const filter of equal) await archive.list({ ...filter, after: 3, to: middle, limit: 3 });
    await archive.find('order/7');
    await profile.command({ profile: 0 });
    const finds = await profile
      .collection('system.profile')
      .find({ op: 'query', ns: /\.archive$/ })
      .toArray();
    // Each with the position of `to` first; others may be reading beside this.
    expect(finds.length).toBeGreaterThanOrEqual(equal.length * 2 + 1);
    for (const { docsExamined, planSummary, hasSortStage } of finds) {
      expect(planSummary).toMatch(/^IXSCAN|^CLUSTERED|^IDHACK/);
      expect(hasSortStage).toBeUndefined();
      expect(docsExamined).toBeLessThanOrEqual(4);
    }
  });
});

describe('GET /v1/bus/events/:id', () => {
  it('answers the event of that id, of a source or the newest', async () => {
    const { status, body, headers } = await bus.read('/v1/bus/events/order%2F7');
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...event(7), position: 7 });
    expect(headers.get('etag')).toBe('"7"');
    await bus.publishBatch([{ ...event(7), source: '/third', data: { number: 31 } }]);
    await until(async () => expect((await bus.read('/v1/bus/events/order%2F7')).body).toMatchObject({ position: 31 }));
    expect((await bus.read('/v1/bus/events/order%2F7?source=/elsewhere')).body).toMatchObject({ position: 7 });
  });

  it('is 404 for what is not there, and for readers only', async () => {
    expect((await bus.read(`/v1/bus/events/${newId()}`)).status).toBe(404);
    expect((await bus.read('/v1/bus/events/order%2F8?source=/elsewhere')).status).toBe(404);
    const producer = await bus.bed.clientToken('bus:publish');
    for (const path of ['/v1/bus/events', '/v1/bus/events/order%2F8', '/v1/schemas'])
      expect((await bus.send('GET', path, { token: producer })).status).toBe(403);
  });
});
