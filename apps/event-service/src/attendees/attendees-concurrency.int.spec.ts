import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { NO_BOOKINGS } from './attendee-bookings.js';
import type { AttendeeDetails } from './attendee.js';
import { AttendeesApp, holding, type Registered } from './testing/attendees-app.js';

let app: AttendeesApp;
let other: AttendeesApp;
let attendee: Registered;

beforeAll(async () => {
  app = await AttendeesApp.start();
  other = await AttendeesApp.start(app.database);
});
afterAll(async () => {
  await other.close();
  await app.close();
});
beforeEach(async () => {
  await app.clear(NO_BOOKINGS);
  attendee = await app.register();
});

/** By turns at one instance and the other. */
let requests = 0;
function at(method: 'get' | 'patch' | 'delete') {
  requests += 1;
  const instance = requests % 2 === 0 ? app : other;
  return instance.request(method, `/v1/attendees/${attendee.id}`, holding(attendee.attendee_token));
}
const patch = (members: object) => at('patch').send(members);

it('of two that insist on the same version one is made', async () => {
  const answers = await Promise.all(['One', 'Two'].map((name) => patch({ name }).set('if-match', '"1"')));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  const made = answers.find(({ status }) => status === 200);
  await at('get').expect(200, made?.body as object);
  expect(await app.log(attendee.id)).toHaveLength(2);
});

it('patches of different members all take effect, each with a version of its own', async () => {
  const members: Partial<AttendeeDetails>[] = [
    { name: 'Ada King' },
    { email: 'king@example.com' },
    { phone: null },
    { country: 'FR' },
    { notes: 'Vegan' },
  ];
  const answers = await Promise.all(members.map((member) => patch(member)));
  expect(answers.map(({ status }) => status)).toEqual(members.map(() => 200));
  const { body } = await at('get').expect(200);
  expect(body).toMatchObject({
    name: 'Ada King',
    email: 'king@example.com',
    phone: null,
    country: 'FR',
    notes: 'Vegan',
  });
  expect((await app.log(attendee.id)).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
});

it('a removal amid changes is the end of one history without a gap', async () => {
  const answers = await Promise.all([
    patch({ name: 'One' }),
    at('delete'),
    patch({ name: 'Two' }),
    at('delete'),
    patch({ name: 'Three' }),
  ]);
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 204)).toHaveLength(1);
  expect(statuses.filter((status) => ![200, 204, 404].includes(status))).toEqual([]);
  const log = await app.log(attendee.id);
  expect(log.map(({ version }) => version)).toEqual(log.map((_, n) => n + 1));
  expect(log.map(({ type }) => type).indexOf('usher.attendee.removed')).toBe(log.length - 1);
});

it('a write over a version that is gone is refused', async () => {
  const { repository } = app;
  const state = await app.service.findManaged(attendee.id, { token: attendee.attendee_token });
  await repository.update({ ...state, version: 2, name: 'First' }, ['name']);
  await expect(repository.update({ ...state, version: 2, name: 'Second' }, ['name'])).rejects.toMatchObject({
    retryable: true,
  });
  await expect(repository.remove({ ...state, version: 2 })).rejects.toMatchObject({ code: 'conflict' });
  await at('get').expect(200);
});
