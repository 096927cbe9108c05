import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { eventsProjection } from '../events/events.projection.js';
import { type Caller, EventsApp } from '../events/testing/events-app.js';
import { Rebuild } from './rebuild.js';

let app: EventsApp;
let ada: Caller;
let reported: string[];

beforeAll(async () => {
  app = await EventsApp.start();
  ada = await app.caller('ada');
});
afterAll(() => app.stop());

const collection = (name: string) => app.connection.collection<{ _id: string }>(name);
const rebuild = () =>
  new Rebuild(app.connection, eventsProjection, { now: () => app.now }, (line) => reported.push(line));
const live = () => collection('events').find().sort({ _id: 1 }).toArray();

/** Three events with a past each, one of them deleted. */
let ids: string[];
beforeEach(async () => {
  reported = [];
  await app.clear();
  await collection('leases').deleteMany({});
  const events = [await app.create(ada), await app.create(ada, { title: 'Two' }), await app.create(ada)];
  ids = events.map(({ id }) => id);
  const coordinates = { type: 'Point', coordinates: [13.4, 52.5] };
  const patch = { max_attendees: 5, tags: ['a'], coordinates };
  await app.request('patch', `/v1/events/${ids[0]}`, ada).send(patch).expect(200);
  await app.request('post', `/v1/events/${ids[1]}/cancel`, ada).expect(200);
  await app.request('delete', `/v1/events/${ids[2]}`, ada).expect(204);
});

describe('verifying', () => {
  it('finds nothing where log and collection agree', async () => {
    expect(await rebuild().verify()).toEqual({ entries: 6, documents: 2, differences: 0 });
    expect(reported).toEqual([]);
  });

  it('reports every member that differs, every document that is missing and every one too many', async () => {
    const stranger = newId();
    await collection('events').updateOne({ _id: ids[0] as string }, { $set: { title: 'Forged', extra: 1 } });
    await collection('events').deleteOne({ _id: ids[1] as string });
    await collection('events').insertOne({ _id: stranger });
    expect(await rebuild().verify()).toMatchObject({ differences: 4 });
    expect(reported.sort()).toEqual(
      [
        `${ids[0]} title: the log says "Jazz night", live is "Forged"`,
        `${ids[0]} extra: the log says nothing, live is 1`,
        `${ids[1]} is in the log, and missing live`,
        `${stranger} is live, and not in the log`,
      ].sort(),
    );
  });

  it('reports what is missing in the log', async () => {
    await app.connection.collection('event_log').deleteOne({ stream: `event/${ids[0]}`, version: 1 });
    expect(await rebuild().verify()).toMatchObject({ differences: 1 });
    expect(reported).toEqual([`event/${ids[0]}: the log goes from version 0 to 2`]);
  });

  it('sees one moment, while the service goes on', async () => {
    const work = Array.from({ length: 30 }, (_, n) =>
      app
        .request('patch', `/v1/events/${ids[0]}`, ada)
        .send({ title: `T${n}` })
        .expect(200),
    );
    const outcomes = await Promise.all([rebuild().verify(), rebuild().verify(), ...work]);
    expect(outcomes.slice(0, 2)).toMatchObject([{ differences: 0 }, { differences: 0 }]);
  });

  it('leaves nothing behind', async () => {
    const names = (await app.connection.listCollections()).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('events_'))).toEqual([]);
  });
});

describe('rebuilding', () => {
  const spoil = () => collection('events').updateMany({}, { $set: { title: 'Forged' } });

  it('puts what the log says in place, with its indexes', async () => {
    const [before, indexes] = [await live(), await collection('events').indexes()];
    await spoil();
    await collection('events').deleteOne({ _id: ids[1] as string });
    expect(await rebuild().replace()).toMatchObject({ entries: 6, documents: 2 });
    expect(await live()).toEqual(before);
    const names = (list: { name?: string }[]) => list.map(({ name }) => name).sort();
    expect(names(await collection('events').indexes())).toEqual(names(indexes));
    await app.request('patch', `/v1/events/${ids[0]}`, ada).send({ title: 'Goes on' }).expect(200);
    expect(await rebuild().verify()).toMatchObject({ differences: 0 });
  });

  it('refuses while an instance runs', async () => {
    await spoil();
    const before = await live();
    const lease = { holder: 'somebody', token: 1, counter: 0, expires_at: new Date(app.hours(1)) };
    await collection('leases').insertOne({ _id: 'event-log', ...lease });
    await expect(rebuild().replace()).rejects.toThrow('An instance is running: somebody holds the lease event-log.');
    expect(await live()).toEqual(before);
  });

  it('refuses a log with a gap', async () => {
    await spoil();
    const before = await live();
    await app.connection.collection('event_log').deleteOne({ stream: `event/${ids[0]}`, version: 1 });
    await expect(rebuild().replace()).rejects.toThrow('the log goes from version 0 to 2');
    expect(await live()).toEqual(before);
  });
});
