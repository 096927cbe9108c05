import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import type { TestSession } from '#testing';
import { NO_BOOKINGS } from './attendee-bookings.js';
import { AttendeesApp, holding, PERSON, type Registered } from './testing/attendees-app.js';

let app: AttendeesApp;
let bob: TestSession;

beforeAll(async () => {
  app = await AttendeesApp.start();
  bob = await app.session('bob');
});
afterAll(() => app.close());
beforeEach(() => app.clear(NO_BOOKINGS));

const PERSONAL = [...Object.values(PERSON).filter((value) => value.length > 2), 'almonds', '20 7946', 'example.com'];
const post = (key: string) => app.request('post', '/v1/attendees').set('idempotency-key', key).send(PERSON).expect(201);

describe('the token', () => {
  it('is told once, and stored nowhere as it is', async () => {
    const { body } = await post(newId());
    const { id, attendee_token: token } = body as Registered;
    for (const request of [
      app.request('get', `/v1/attendees/${id}`, holding(token)),
      app.request('patch', `/v1/attendees/${id}`, holding(token)).send({ name: 'Changed' }),
    ])
      expect(JSON.stringify((await request.expect(200)).body)).not.toContain(token.slice(25));
    const stored = await app.everythingStored();
    expect(stored).toContain(id);
    expect(stored).toContain('token_hash');
    const [, secret = ''] = token.split('.');
    const bytes = Buffer.from(secret, 'base64url');
    for (const form of [
      secret,
      token,
      bytes.toString('hex'),
      bytes.toString('base64'),
      Buffer.from(token).toString('base64'),
    ])
      expect(stored).not.toContain(form);
  });

  it('is told again to who repeats the request with its idempotency key', async () => {
    const key = newId();
    const [first, again] = [await post(key), await post(key)];
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const { body } = await post(newId());
    expect((body as Registered).id).not.toBe((first.body as Registered).id);
  });
});

describe('repeated with its idempotency key after a crash between the commit and the answer', () => {
  const crash = async () => {
    const died = { state: 'running', answer: null, lease_ends_at: new Date(0) };
    await app.connection.collection('idempotency_keys').updateMany({}, { $set: died });
  };

  it('answers with who is there, and another token in place of the one that was lost', async () => {
    const key = newId();
    const first = (await post(key)).body as Registered;
    await crash();
    const again = (await post(key)).body as Registered;
    expect(again).toEqual({ ...first, attendee_token: expect.stringContaining(first.id) });
    const get = (token: string) => app.request('get', `/v1/attendees/${first.id}`, holding(token));
    await get(first.attendee_token).expect(404);
    await get(again.attendee_token).expect(200);
    expect(await app.connection.collection('attendees').countDocuments()).toBe(1);
    expect(await app.log(first.id)).toHaveLength(1);
  });

  it('does not bring back who was removed since', async () => {
    const key = newId();
    const first = (await post(key)).body as Registered;
    await app.request('delete', `/v1/attendees/${first.id}`, holding(first.attendee_token)).expect(204);
    await crash();
    await app.request('post', '/v1/attendees').set('idempotency-key', key).send(PERSON).expect(409);
    expect(await app.connection.collection('attendees').countDocuments()).toBe(0);
  });
});

describe('removing', () => {
  it('leaves nothing of the person anywhere in the database', async () => {
    const { body } = await post(newId());
    const { id, attendee_token: token } = body as Registered;
    const path = `/v1/attendees/${id}`;
    await app.request('patch', path, holding(token)).send({ name: 'Ada King', email: 'king@example.com' }).expect(200);
    expect(await app.everythingStored()).toContain('Ada King');

    await app.request('delete', path, holding(token)).expect(204);
    const stored = await app.everythingStored();
    expect(stored).toContain('usher.attendee.removed');
    for (const text of [...PERSONAL, 'Ada King', 'king@', token]) {
      expect(stored).not.toContain(text);
      expect(stored).not.toContain(Buffer.from(text).toString('base64').slice(0, -4));
    }
  });

  it('leaves no document of the attendee, and the log their id', async () => {
    const { id } = await app.register(bob.headers);
    await app.request('delete', `/v1/attendees/${id}`, bob.headers).expect(204);
    expect(await app.connection.collection('attendees').countDocuments()).toBe(0);
    expect((await app.log(id)).map(({ type }) => type)).toEqual([
      'usher.attendee.registered',
      'usher.attendee.removed',
    ]);
  });
});

it('the log never holds more of a person than an id', async () => {
  const { id } = await app.register(bob.headers);
  const path = `/v1/attendees/${id}`;
  for (const members of [{ name: 'Ada King' }, { email: 'king@example.com' }, { notes: null, phone: null }])
    await app.request('patch', path, bob.headers).send(members).expect(200);
  await app.request('delete', path, bob.headers).expect(204);
  const log = JSON.stringify(await app.log(id));
  for (const text of [...PERSONAL, 'Ada King', 'king@']) expect(log).not.toContain(text);
});
