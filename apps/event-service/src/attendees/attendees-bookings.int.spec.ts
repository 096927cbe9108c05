import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Model, Schema } from 'mongoose';
import { GUEST_ACTOR, parseData, SYSTEM_ACTOR } from '#contracts';
import { newId, UsherError } from '#kernel';
import { continueTrace } from '#observability';
import { duplicateKeyFields, Transactions } from '#persistence';
import { until } from '#testing';
import type { AttendeeBookings } from './attendee-bookings.js';
import type { AttendeeDetails } from './attendee.js';
import type { Registration } from './attendees.service.js';
import { AttendeesApp, type Headers, holding, PERSON, type Registered } from './testing/attendees-app.js';

const EVENT = 'e'.repeat(24);

interface Call {
  told: string[];
}

/** Bookings as far as attendees know them: each call leaves a document, so that what was undone is seen to be. */
class KeptBookings implements AttendeeBookings {
  events: string[] = [];
  refusal: UsherError | undefined;
  /** How often it was asked for events, whatever came of it. */
  asked = 0;

  constructor(private readonly calls: Model<Call>) {}

  async eventIds(attendeeId: string): Promise<string[]> {
    this.asked += 1;
    const { events } = this;
    await this.calls.create({ told: ['eventIds', attendeeId] });
    return events;
  }
  async emailChanged(attendeeId: string, email: string): Promise<void> {
    await this.calls.create({ told: ['emailChanged', attendeeId, email] });
    if (this.refusal !== undefined) throw this.refusal;
  }
  async removed(attendeeId: string): Promise<void> {
    await this.calls.create({ told: ['removed', attendeeId] });
  }

  /** The calls whose transaction was committed, in order. */
  async committed(): Promise<string[][]> {
    return (await this.calls.find().sort({ _id: 1 }).lean<Call[]>()).map(({ told }) => told);
  }
}

let app: AttendeesApp;
let calls: Model<Call>;
let bookings: KeptBookings;

beforeAll(async () => {
  app = await AttendeesApp.start();
  calls = app.connection.model<Call>('Call', new Schema({ told: [String] }, { collection: 'calls' }));
  await calls.createCollection();
});
afterAll(() => app.close());
beforeEach(async () => {
  bookings = new KeptBookings(calls);
  await app.clear(bookings);
});

describe('what is attached', () => {
  let attendee: Registered;
  let headers: Headers;
  let path: string;
  beforeEach(async () => {
    attendee = await app.register();
    headers = holding(attendee.attendee_token);
    path = `/v1/attendees/${attendee.id}`;
    bookings.events = [newId(), newId()];
  });
  const patch = (members: object) => app.request('patch', path, headers).send(members);
  const lastEntry = async () => (await app.log(attendee.id)).at(-1);

  it('is not asked about a new attendee, who has no bookings', async () => {
    expect(await bookings.committed()).toEqual([]);
    expect(await lastEntry()).toMatchObject({ data: { event_ids: [] } });
  });

  it('says which events are concerned', async () => {
    await patch({ name: 'Changed' }).expect(200);
    const data = { attendee: { id: attendee.id }, event_ids: bookings.events, actor: GUEST_ACTOR };
    const entry = await lastEntry();
    expect(parseData('usher.attendee.updated', entry?.['data'], String(entry?.['dataschema']))).toEqual(data);
    expect(await bookings.committed()).toEqual([['eventIds', attendee.id]]);
  });

  it('is told of another address, and of no other change', async () => {
    await patch({ phone: null, email: PERSON.email }).expect(200);
    expect((await bookings.committed()).map(([call]) => call)).not.toContain('emailChanged');
    await patch({ email: 'king@example.com' }).expect(200);
    expect(await bookings.committed()).toContainEqual(['emailChanged', attendee.id, 'king@example.com']);
  });

  it('may refuse another address, and then nothing has happened', async () => {
    bookings.refusal = new UsherError('already-booked', 'Somebody with that address has a booking for the same event.');
    const { body } = await patch({ name: 'Changed', email: 'king@example.com' }).expect(409);
    expect(body).toMatchObject({ code: 'already-booked' });
    const { body: unchanged } = await app.request('get', path, headers).expect(200);
    expect(unchanged).toMatchObject({ ...PERSON, version: 1 });
    expect(await lastEntry()).toMatchObject({ version: 1 });
    expect(await bookings.committed()).toEqual([]);
  });

  it('says which events are concerned before it erases what it keeps', async () => {
    await app.request('delete', path, headers).expect(204);
    expect(await bookings.committed()).toEqual([
      ['eventIds', attendee.id],
      ['removed', attendee.id],
    ]);
    expect(await lastEntry()).toMatchObject({ type: 'usher.attendee.removed', data: { event_ids: bookings.events } });
  });

  it('is not asked where the caller may not do it, or to another version', async () => {
    await app.request('delete', path).expect(404);
    await app.request('delete', path, headers).set('if-match', '"7"').expect(412);
    await patch({ name: 'X' }).set('if-match', '"7"').expect(412);
    expect(await bookings.committed()).toEqual([]);
  });
});

describe('recording together with what else is decided', () => {
  const transaction = <T>(work: () => Promise<T>) => new Transactions(app.connection).run(work);
  const record = async (registrations: Registration[]) =>
    app.eventLog.append(...(await app.service.insert(registrations)));
  const details: AttendeeDetails = PERSON;
  const user = { id: newId(), email: 'bob@example.com', username: 'bob', full_name: null };
  let bobs: Headers;
  beforeAll(async () => {
    bobs = (await app.session('bob', { id: user.id })).headers;
  });
  const self = (): Registration => ({ ...app.service.prepareSelf(user), actor: { id: user.id, username: 'bob' } });

  it('writes attendees and log entries, each by its own actor and request', async () => {
    const prepared = Array.from({ length: 50 }, () => app.service.prepare(details, undefined));
    const contexts = prepared.map(() => ({ trace: continueTrace(), correlationId: newId() }));
    const registrations = prepared.map(({ state }, n) => ({ state, actor: GUEST_ACTOR, context: contexts[n]! }));
    await transaction(() => record([...registrations, self()]));

    const found = await app.service.findMany([...prepared.map(({ state }) => state.id), newId()]);
    expect([...found.values()]).toEqual(prepared.map(({ state }) => state));
    for (const [n, { state, token }] of prepared.entries()) {
      expect(await app.service.identify({ token })).toEqual(state);
      const { trace, correlationId } = contexts[n]!;
      expect(await app.log(state.id)).toMatchObject([
        {
          version: 1,
          actor: GUEST_ACTOR,
          correlationid: correlationId,
          traceparent: expect.stringContaining(trace.traceId),
        },
      ]);
    }
  });

  it('writes nothing where the transaction comes to nothing', async () => {
    const { state } = app.service.prepare(details, undefined);
    const failing = transaction(async () => {
      await record([{ state, actor: SYSTEM_ACTOR }]);
      throw new Error('full');
    });
    await expect(failing).rejects.toThrow('full');
    expect(await app.service.findMany([state.id])).toEqual(new Map());
    expect(await app.log(state.id)).toEqual([]);
  });

  it('of nobody is nothing', async () => {
    expect(await app.service.insert([])).toEqual([]);
    expect(await app.connection.collection('attendees').countDocuments()).toBe(0);
  });

  it('gives a user one attendee of their own, and says of a second what it is that there is', async () => {
    expect(await app.service.findOwn([user.id])).toEqual(new Map());
    const first = self();
    await transaction(() => record([first]));
    expect(await app.service.findOwn([newId(), user.id])).toEqual(new Map([[user.id, first.state]]));

    const beside = app.service.prepare(details, undefined);
    const second = transaction(() => record([{ state: beside.state, actor: GUEST_ACTOR }, self()]));
    const fields = await second.catch((error: unknown) => duplicateKeyFields(error));
    expect(fields).toEqual(['user_id']);
    expect(await app.connection.collection('attendees').countDocuments()).toBe(1);
  });

  it('holds attendees as they were read, and refuses those who have changed', async () => {
    const [one, two] = [await app.register(bobs), await app.register(bobs)];
    const hold = (...known: { id: string; version: number }[]) => transaction(() => app.service.hold(known));
    await hold();
    await hold(one, two, one);
    await app.request('patch', `/v1/attendees/${two.id}`, bobs).send({ name: 'Changed' }).expect(200);
    await expect(hold(one, two)).rejects.toMatchObject({ code: 'conflict', retryable: true });
    await app.request('delete', `/v1/attendees/${one.id}`, bobs).expect(204);
    await expect(hold(one)).rejects.toMatchObject({ code: 'conflict', retryable: true });
  });

  it('holds off a removal until the transaction has ended, which then sees what came of it', async () => {
    const { id, version } = await app.register(bobs);
    let removal: Promise<unknown> = Promise.resolve();
    await transaction(async () => {
      await app.service.hold([{ id, version }]);
      removal = app.request('delete', `/v1/attendees/${id}`, bobs).expect(204).then();
      await until(() => expect(bookings.asked).toBeGreaterThan(0));
      bookings.events = [EVENT];
    });
    await removal;
    expect((await app.log(id)).at(-1)).toMatchObject({ type: 'usher.attendee.removed', data: { event_ids: [EVENT] } });
  });

  it('an attendee of one’s own is managed by the account', async () => {
    const registration = self();
    await transaction(() => record([registration]));
    const path = `/v1/attendees/${registration.state.id}`;
    const { body } = await app.request('get', '/v1/attendees', bobs).expect(200);
    expect(body).toMatchObject({ data: [{ id: registration.state.id, name: 'bob', email: 'bob@example.com' }] });
    await app.request('patch', path, bobs).send({ name: 'Bob' }).expect(200);
    await app.request('delete', path, bobs).expect(204);
    await transaction(() => record([self()]));
  });
});

describe('who holds a token', () => {
  it('is the attendee whose it is', async () => {
    const { id, attendee_token: token } = await app.register();
    expect(await app.service.identify({ token })).toMatchObject({ id });
    expect(await app.service.findManaged(id, { token })).toMatchObject({ id });
  });

  it.each([undefined, '', 'nonsense', `${newId()}.${'x'.repeat(43)}`])('is nobody with %s', async (token) => {
    await app.register();
    expect(await app.service.identify({ token })).toBeUndefined();
  });

  it('is nobody after the removal, nor with another token of theirs', async () => {
    const { id, attendee_token: token } = await app.register();
    expect(await app.service.identify({ token: `${id}.${'x'.repeat(43)}` })).toBeUndefined();
    await app.request('delete', `/v1/attendees/${id}`, holding(token)).expect(204);
    expect(await app.service.identify({ token })).toBeUndefined();
  });
});
