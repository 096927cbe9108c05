import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import type { TestSession } from '#testing';
import { NO_BOOKINGS } from './attendee-bookings.js';
import { newAttendeeToken } from './attendee-token.js';
import { AttendeesApp, type Headers, holding, NOBODY, PERSON, type Registered } from './testing/attendees-app.js';

let app: AttendeesApp;
let bob: TestSession;
let eve: TestSession;
let admin: TestSession;
/** One whom bob registered, one whom eve registered, one whom nobody known did, and one who is not there. */
let attendees: Record<Whose, Registered>;

beforeAll(async () => {
  app = await AttendeesApp.start();
  bob = await app.session('bob');
  eve = await app.session('eve');
  admin = await app.session('root', { roles: ['user', 'admin'] });
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.clear(NO_BOOKINGS);
  const missing = newId();
  attendees = {
    own: await app.register(bob.headers),
    foreign: await app.register(eve.headers),
    unowned: await app.register(),
    missing: { ...(await app.register()), id: missing, attendee_token: newAttendeeToken(missing) },
  };
});

type Whose = 'own' | 'foreign' | 'unowned' | 'missing';
const WHOSE: Whose[] = ['own', 'foreign', 'unowned', 'missing'];

/** Who asks, and whose attendees they find; bob is who has some of his own. */
const callers: [string, () => Headers, Whose[]][] = [
  ['nobody known', () => NOBODY, []],
  ['a user', () => bob.headers, ['own']],
  ['an admin', () => admin.headers, ['own', 'foreign', 'unowned']],
  ['the holder of the token of one of bob’s', () => holding(attendees.own.attendee_token), ['own']],
  ['the holder of the token of one of nobody’s', () => holding(attendees.unowned.attendee_token), ['unowned']],
  ['the holder of a token of who is not there', () => holding(attendees.missing.attendee_token), []],
  ['the holder of a token that was never given', () => holding(newAttendeeToken(attendees.unowned.id)), []],
  ['who sends what is no token', () => holding('nonsense'), []],
  ['who sends an empty token', () => holding(''), []],
  [
    'a user with the token of another’s',
    () => ({ ...bob.headers, ...holding(attendees.foreign.attendee_token) }),
    ['own', 'foreign'],
  ],
  ['a user with what is no token', () => ({ ...bob.headers, ...holding('nonsense') }), ['own']],
];

const routes = [
  ['get', 200],
  ['patch', 200],
  ['delete', 204],
] as const;

describe.each(callers)('%s', (_, headers, found) => {
  it.each(routes)(`finds ${found.join(', ') || 'nothing'}: %s /v1/attendees/:id`, async (method, success) => {
    for (const whose of WHOSE) {
      const path = `/v1/attendees/${attendees[whose].id}`;
      const request = app.request(method, path, headers());
      const { status } = await (method === 'patch' ? request.send({ name: 'Changed' }) : request);
      expect([whose, status]).toEqual([whose, found.includes(whose) ? success : 404]);
    }
  });

  it('registers', async () => {
    await app.request('post', '/v1/attendees', headers()).send(PERSON).expect(201);
  });

  it('lists their own only, and only when signed in', async () => {
    const signedIn = 'authorization' in headers();
    const { status, body } = await app.request('get', '/v1/attendees', headers());
    if (signedIn) {
      const mine = found.includes('unowned') ? [] : [attendees.own.id];
      expect((body as { data: Registered[] }).data.map(({ id }) => id)).toEqual(mine);
    } else expect({ status, body }).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });
});

it('who does not find an attendee cannot tell them from one who is not there', async () => {
  for (const headers of [NOBODY, bob.headers, holding(attendees.own.attendee_token)])
    for (const [method, extra] of [
      ['get', {}],
      ['patch', { 'if-match': '"1"' }],
      ['delete', { 'if-match': '"9"' }],
    ] as const) {
      const answers = [attendees.foreign, attendees.missing].map(async ({ id }) => {
        const request = app.request(method, `/v1/attendees/${id}`, { ...headers, ...extra });
        const answer = await (method === 'patch' ? request.send({ name: 'Changed' }) : request);
        const { instance: _instance, trace_id: _trace, ...problem } = answer.body as Record<string, unknown>;
        return { status: answer.status, problem, names: Object.keys(answer.headers).sort() };
      });
      const [foreign, missing] = await Promise.all(answers);
      expect(foreign).toEqual(missing);
      expect(foreign?.status).toBe(404);
    }
});

it('a bad access token is refused, whatever attendee token comes with it', async () => {
  const { id, attendee_token: token } = attendees.unowned;
  const headers = { ...holding(token), authorization: 'Bearer nonsense' };
  const { body } = await app.request('get', `/v1/attendees/${id}`, headers).expect(401);
  expect(body).toMatchObject({ code: 'invalid-token' });
});
