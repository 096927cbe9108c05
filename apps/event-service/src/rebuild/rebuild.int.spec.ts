import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { newId, systemClock } from '#kernel';
import { until } from '#testing';
import { BookingsApp, guest, type GuestBooking } from '../bookings/testing/bookings-app.js';
import { PROJECTIONS } from './projections.js';
import { Rebuild } from './rebuild.js';
import { Settling } from './testing/settling.js';

type Document = Record<string, unknown> & { _id: string };

const COLLECTIONS = ['bookings', 'events'] as const;
type Collection = (typeof COLLECTIONS)[number];

let app: BookingsApp;
let connection: Connection;
let reported: string[];

beforeAll(async () => {
  app = await BookingsApp.start();
  const { uri, database } = app.service.database;
  connection = await mongoose.createConnection(uri, { dbName: database }).asPromise();
  await writeHistory(new Settling([app.service]));
}, 60_000);
afterAll(async () => {
  await connection.close();
  await app.close();
});
beforeEach(() => {
  reported = [];
});

const rebuild = () => new Rebuild(connection, PROJECTIONS, systemClock, (line) => reported.push(line));
const collection = (name: string) => connection.collection<Document>(name);
const live = (name: Collection) => collection(name).find().sort({ _id: 1 }).toArray();
const indexes = async (name: Collection) =>
  (await collection(name).indexes()).toSorted((one, other) => ((one.name ?? '') < (other.name ?? '') ? -1 : 1));
const everything = () => Promise.all(COLLECTIONS.map(async (name) => [name, await live(name), await indexes(name)]));
const entries = () => collection('event_log').countDocuments({ stream: { $regex: '^(event|booking)/' } });

/** An event with every kind of booking. */
let concert: string;
let promoted: GuestBooking;
let waiting: GuestBooking;

const book = (eventId: string, name: string, members: object = {}) =>
  app.bookGuest(eventId, { attendee: guest({ name, email: `${name}@Example.com` }), ...members });

/** One event with every kind of booking, one canceled, one deleted, one whose guest came and was erased, and one without. */
async function writeHistory(settling: Settling): Promise<void> {
  const coordinates = { type: 'Point', coordinates: [13.4, 52.5] };
  concert = await app.createEvent({ max_attendees: 4, tags: ['jazz'], coordinates });
  const leaves = await book(concert, 'bob', { seats: 2 });
  const comes = await book(concert, 'grace', { seats: 2 });
  promoted = await book(concert, 'heidi', { seats: 1, waitlist: true });
  const patient = await book(concert, 'ivan', { seats: 3, waitlist: true });
  await app.cancel(leaves, leaves.by).expect(200);
  await settling.settled();
  await app.patchEvent(concert, { max_attendees: 6, title: 'Jazz, late' }).expect(200);
  await settling.settled();
  waiting = await book(concert, 'judy', { seats: 2, waitlist: true });
  await app.checkIn(comes).expect(200);
  const [elsewhere, canceled, deleted] = [await app.createEvent(), await app.createEvent(), await app.createEvent()];
  const [gone, came] = [await book(concert, 'kim', { waitlist: true }), await book(elsewhere, 'lena')];
  await app.checkIn(came).expect(200);
  await app.book(elsewhere, leaves.by);
  for (const { attendee, by } of [gone, came]) await app.send('delete', `/v1/attendees/${attendee.id}`, by).expect(204);
  const address = { email: 'Ivan.New@example.com' };
  await app.send('patch', `/v1/attendees/${patient.attendee.id}`, patient.by, address).expect(200);
  for (const event of [canceled, deleted]) await book(event, 'mallory', { seats: 3 });
  await app.patchEvent(deleted, { title: 'Not for long' }).expect(200);
  await app.send('post', `/v1/events/${canceled}/cancel`, app.ada.headers).expect(200);
  await app.send('delete', `/v1/events/${deleted}`, app.ada.headers).expect(204);
  await app.createEvent();
  await settling.settled();
}

describe('verifying', () => {
  const undone: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const undo of undone.splice(0)) await undo();
  });

  /** Puts another document in place of one, or none, until the test is over. */
  async function forge(name: string, id: string, forged?: Document): Promise<void> {
    const was = await collection(name).findOneAndDelete({ _id: id });
    if (forged !== undefined) await collection(name).insertOne(forged);
    undone.push(async () => {
      await collection(name).deleteOne({ _id: id });
      if (was !== null) await collection(name).insertOne(was);
    });
  }

  it('finds nothing where log and collections agree', async () => {
    const outcome = { entries: await entries(), documents: { bookings: 10, events: 4 }, differences: 0 };
    expect(await rebuild().verify()).toEqual(outcome);
    expect(reported).toEqual([]);
    const statuses = (await live('bookings')).map(({ status }) => status).sort();
    const going = ['checked_in', 'checked_in', 'confirmed', 'confirmed', 'confirmed', 'waitlisted'];
    expect(statuses).toEqual([...Array<string>(4).fill('canceled'), ...going]);
    expect(await collection('events').findOne({ _id: concert })).toMatchObject({ booked_seats: 6, waitlist_length: 1 });
  });

  it.each(COLLECTIONS)('reports every member of %s that differs, and every one too many', async (name) => {
    const id = name === 'events' ? concert : promoted.id;
    const [document] = await collection(name).find({ _id: id }).toArray();
    const members = Object.keys(document ?? {}).filter((member) => member !== '_id');
    const values = members.map((member) => [member, member === 'coordinates' ? null : 'forged'] as const);
    await forge(name, id, { ...Object.fromEntries<unknown>(values), _id: id, extra: 1 });
    expect(await rebuild().verify()).toMatchObject({ differences: members.length + 1 });
    const named = reported.map((line) => line.split(/[ :]/)[1]).sort();
    expect(named).toEqual([...members, 'extra'].sort());
    expect(reported).toContain(`${name}/${id} extra: the log says nothing, live is 1`);
    expect(reported.every((line) => line.startsWith(`${name}/${id} `))).toBe(true);
  });

  it('shows nobody’s address', async () => {
    const booking = (await collection('bookings').findOne({ _id: promoted.id })) as Document;
    expect(booking).toMatchObject({ email_key: 'heidi@example.com' });
    await forge('bookings', promoted.id, { ...booking, email_key: 'eve@example.com' });
    expect(await rebuild().verify()).toMatchObject({ differences: 1 });
    expect(reported).toEqual([`bookings/${promoted.id} email_key: live is not what it should be`]);
  });

  it('reports every document that is missing, and every one too many', async () => {
    const stranger = newId();
    await forge('events', concert);
    await forge('bookings', waiting.id);
    await forge('bookings', stranger, { _id: stranger });
    expect(await rebuild().verify()).toMatchObject({ differences: 3 });
    expect(reported.sort()).toEqual(
      [
        `events/${concert} is in the log, and missing live`,
        `bookings/${waiting.id} is in the log, and missing live`,
        `bookings/${stranger} is live, and not in the log`,
      ].sort(),
    );
  });

  it('reports what is missing in the log', async () => {
    const [entry] = await collection('event_log')
      .find({ stream: `booking/${promoted.id}`, version: 1 })
      .toArray();
    await forge('event_log', entry?._id ?? '');
    expect(await rebuild().verify()).toMatchObject({ differences: 1 });
    expect(reported).toEqual([`booking/${promoted.id}: the log goes from version 0 to 2`]);
  });

  it('sees one moment, while the service goes on', async () => {
    const event = await app.createEvent();
    const comeAndGo = async (name: string) => {
      const booking = await book(event, name, { seats: 2 });
      await app.patchEvent(event, { title: name }).expect(200);
      await app.cancel(booking, booking.by).expect(200);
    };
    const work = Array.from({ length: 15 }, (_, n) => comeAndGo(`guest-${n}`));
    const outcomes = await Promise.all([rebuild().verify(), rebuild().verify(), rebuild().verify(), ...work]);
    expect(reported).toEqual([]);
    expect(outcomes.slice(0, 3)).toMatchObject(Array(3).fill({ differences: 0 }));
  });

  it('leaves nothing behind', async () => {
    const names = (await connection.listCollections()).map(({ name }) => name);
    expect(names.filter((name) => name.includes('rebuilt'))).toEqual([]);
  });
});

describe('rebuilding', () => {
  const spoil = async () => {
    const wrong = { title: 'Forged', booked_seats: 0, waitlist_length: 9, seats_version: 0, available: true };
    await collection('events').updateMany({}, { $set: wrong });
    await collection('bookings').updateMany({}, { $set: { email_key: null, status: 'confirmed', extra: 1 } });
    await collection('bookings').deleteOne({ _id: waiting.id });
    await collection('events').dropIndexes();
  };

  it('refuses while an instance runs', async () => {
    const before = await everything();
    await expect(rebuild().replace()).rejects.toThrow('An instance is running');
    expect(await everything()).toEqual(before);
  });

  describe('while none runs', () => {
    let before: Awaited<ReturnType<typeof everything>>;
    beforeAll(async () => {
      await app.service.app.close();
      before = await everything();
      await spoil();
    });

    it('refuses a log with a gap', async () => {
      const spoilt = await everything();
      const [entry] = await collection('event_log')
        .find({ stream: `booking/${promoted.id}`, version: 1 })
        .toArray();
      await collection('event_log').deleteOne({ _id: entry?._id ?? '' });
      await expect(rebuild().replace()).rejects.toThrow('the log goes from version 0 to 2');
      await collection('event_log').insertOne(entry as Document);
      expect(await everything()).toEqual(spoilt);
    });

    it('puts what the log says in place, with its indexes, and the service goes on', async () => {
      expect(await rebuild().replace()).toMatchObject({ entries: await entries(), differences: 0 });
      expect(await everything()).toEqual(before);
      const again = await app.again();
      try {
        const taken = { attendee: guest({ email: 'HEIDI@example.com' }), waitlist: true };
        expect((await again.ask(concert, {}, taken)).body).toMatchObject({ code: 'already-booked' });
        await again.cancel(promoted, promoted.by).expect(200);
        await again.patchEvent(concert, { max_attendees: 7 }).expect(200);
        await until(async () => expect(await again.booking(waiting)).toMatchObject({ status: 'confirmed' }));
        expect(await rebuild().verify()).toMatchObject({ differences: 0 });
      } finally {
        await again.service.app.close();
      }
    });
  });
});
