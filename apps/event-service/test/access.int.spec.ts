import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Response, Test } from 'supertest';
import { newId } from '#kernel';
import { newEvent, signIn, signUp, TEST_PASSWORD, type TestAccount } from '#testing';
import { startEventService, type TestService } from './start-event-service.js';

const CALLERS = ['anonymous', 'stranger', 'other attendee', 'attendee', 'owner', 'creator', 'admin'] as const;
type Caller = (typeof CALLERS)[number];

/** Whom nothing in this world belongs to, and who must learn nothing of the person booked for. */
const OUTSIDERS: readonly Caller[] = ['anonymous', 'stranger', 'other attendee'];

/** What a row of the walk is about: whose id stands in the path. */
type Subject = 'event' | 'booking' | 'attendee' | 'attachment' | 'nothing';

interface Row {
  about: Subject;
  body?: (world: World) => object;
  /** The status for each caller, in the order of `CALLERS`, where the thing is there. */
  statuses: readonly [number, number, number, number, number, number, number];
}

const PATCH_NAME = (): object => ({ name: 'Somebody Else' });
const MERGE = (): object => ({ title: 'Another title' });

/**
 * Every route that is about events, bookings and attendees, and what it answers to whom. Who may not know of a thing gets
 * 404 for it, who may know of it but not do this gets 403, and who would have to say who they are gets 401.
 */
const WALK: Record<string, Row> = {
  // prettier-ignore
  ...{
    //                                                                 anon str. oth. att. own. crea admin
    'POST /v1/events':              { about: 'nothing',    statuses: [401, 201, 401, 401, 201, 201, 201], body: () => newEvent() },
    'GET /v1/events':               { about: 'nothing',    statuses: [200, 200, 200, 200, 200, 200, 200] },
    'GET /v1/events.ics':           { about: 'nothing',    statuses: [200, 200, 200, 200, 200, 200, 200] },
    'GET /v1/events/{id}':          { about: 'event',      statuses: [200, 200, 200, 200, 200, 200, 200] },
    'GET /v1/events/{id}.ics':      { about: 'event',      statuses: [200, 200, 200, 200, 200, 200, 200] },
    'PATCH /v1/events/{id}':        { about: 'event',      statuses: [401, 403, 401, 401, 403, 200, 200], body: MERGE },
    'PUT /v1/events/{id}':          { about: 'event',      statuses: [401, 403, 401, 401, 403, 200, 200], body: () => newEvent() },
    'DELETE /v1/events/{id}':       { about: 'event',      statuses: [401, 403, 401, 401, 403, 204, 204] },
    'POST /v1/events/{id}/cancel':  { about: 'event',      statuses: [401, 403, 401, 401, 403, 200, 200] },
    'GET /v1/events/{id}/history':  { about: 'event',      statuses: [401, 403, 401, 401, 403, 200, 200] },
    'GET /v1/events/{id}/attendees':{ about: 'event',      statuses: [401, 403, 401, 401, 403, 200, 200] },
    'GET /v1/events/{id}/bookings': { about: 'event',      statuses: [401, 403, 401, 401, 403, 200, 200] },
    'POST /v1/events/{id}/bookings':{ about: 'event',      statuses: [404, 404, 404, 409, 409, 404, 409], body: ({ attendeeId }) => ({ attendee_id: attendeeId }) },
    'GET /v1/attachments/{id}':     { about: 'attachment', statuses: [200, 200, 200, 200, 200, 200, 200] },
    'GET /v1/bookings':             { about: 'nothing',    statuses: [401, 200, 200, 200, 200, 200, 200] },
    'GET /v1/bookings/{id}':        { about: 'booking',    statuses: [404, 404, 404, 200, 200, 200, 200] },
    'POST /v1/bookings/{id}/cancel':{ about: 'booking',    statuses: [404, 404, 404, 200, 200, 200, 200] },
    'POST /v1/bookings/{id}/check-in':{ about: 'booking',  statuses: [401, 404, 401, 401, 403, 200, 200] },
    'POST /v1/attendees':           { about: 'nothing',    statuses: [201, 201, 201, 201, 201, 201, 201], body: () => ({ name: 'Anybody', email: 'anybody@example.com' }) },
    'GET /v1/attendees':            { about: 'nothing',    statuses: [401, 200, 401, 401, 200, 200, 200] },
    'GET /v1/attendees/{id}':       { about: 'attendee',   statuses: [404, 404, 404, 200, 200, 404, 200] },
    'PATCH /v1/attendees/{id}':     { about: 'attendee',   statuses: [404, 404, 404, 200, 200, 404, 200], body: PATCH_NAME },
    'POST /v1/contacts/lookup':     { about: 'nothing',    statuses: [401, 403, 401, 401, 403, 403, 200], body: ({ attendeeId }) => ({ attendee_ids: [attendeeId] }) },
    'DELETE /v1/attendees/{id}':    { about: 'attendee',   statuses: [404, 404, 404, 204, 204, 404, 204] },
  },
};

/** About the caller's own account, service clients, the partner and the service itself; walked by specs of their own. */
const OTHER_ROUTES =
  /^[A-Z]+ (?:\/v1\/auth\/|\/v1\/users\/me|\/v1\/clients|\/v1\/partner|\/health|\/metrics|\/\.well-known)/;
/** Takes a file; walked by the specs of attachments. */
const UPLOAD = 'POST /v1/events/{id}/attachment';

/** One event with one booking for one person, and everybody who has to do with them. */
interface World {
  eventId: string;
  bookingId: string;
  attendeeId: string;
  attendeeToken: string;
  /** What nobody may learn who has nothing to do with it. */
  secrets: readonly string[];
}

let service: TestService;
let accounts: Record<'stranger' | 'owner' | 'creator' | 'admin', TestAccount>;
let otherToken: string;
let attachmentId: string;
let world: World;

beforeAll(async () => {
  const admin = { email: 'admin@example.com', password: TEST_PASSWORD };
  service = await startEventService({ ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password });
  const [stranger, owner, creator] = await Promise.all([signUp(service), signUp(service), signUp(service)]);
  accounts = { stranger, owner, creator, admin: await signIn(service, admin) };
  const other = await service.http.post('/v1/attendees').send({ name: 'Other', email: 'other@example.com' });
  otherToken = (other.body as { attendee_token: string }).attendee_token;
  const event = await created(service.http.post('/v1/events').set(creator.headers).send(newEvent()));
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const uploaded = await service.http
    .post(`/v1/events/${event.id}/attachment`)
    .set(creator.headers)
    .attach('file', png, 'dot.png');
  attachmentId = new URL((uploaded.body as { attachment_url: string }).attachment_url).pathname.split('/').at(-1) ?? '';
}, 60_000);
afterAll(() => service.close());

async function created(request: Test): Promise<{ id: string }> {
  const { status, text, body } = await request;
  if (status !== 201) throw new Error(`${status} ${text}`);
  return body as { id: string };
}

async function newWorld(): Promise<World> {
  const mark = newId();
  const { creator, owner } = accounts;
  const event = await created(service.http.post('/v1/events').set(creator.headers).send(newEvent()));
  const person = {
    name: `Name ${mark}`,
    email: `${mark}@example.com`,
    phone: '+49 30 90182001',
    notes: `Note ${mark}`,
  };
  const request = service.http.post(`/v1/events/${event.id}/bookings`).set(owner.headers).send({ attendee: person });
  const booking = (await created(request)) as {
    id: string;
    code: string;
    attendee: { id: string };
    attendee_token: string;
  };
  return {
    eventId: event.id,
    bookingId: booking.id,
    attendeeId: booking.attendee.id,
    attendeeToken: booking.attendee_token,
    secrets: [person.name, person.email, person.phone, person.notes, booking.id, booking.code, booking.attendee.id],
  };
}

function headersOf(caller: Caller): Record<string, string> {
  switch (caller) {
    case 'anonymous':
      return {};
    case 'other attendee':
      return { 'x-attendee-token': otherToken };
    case 'attendee':
      return { 'x-attendee-token': world.attendeeToken };
    default:
      return accounts[caller].headers;
  }
}

const idOf = (subject: Subject): string =>
  ({
    event: world.eventId,
    booking: world.bookingId,
    attendee: world.attendeeId,
    attachment: attachmentId,
    nothing: '',
  })[subject];

async function call(route: string, caller: Caller, id: string): Promise<Response> {
  const [method = '', path = ''] = route.split(' ');
  const name = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  const request = service.http[name](path.replace('{id}', id)).set(headersOf(caller));
  const body = WALK[route]?.body;
  return body === undefined ? request : request.send(body(world));
}

/** What an answer tells, without what differs from request to request. */
function told({ status, body }: Response, id: string): unknown {
  const { instance, trace_id: _, ...rest } = body as Record<string, unknown>;
  return { status, ...rest, instance: typeof instance === 'string' ? instance.replace(id, '{id}') : instance };
}

it('walks every route there is', async () => {
  const { body } = await service.http.get('/openapi.json').expect(200);
  const { paths } = body as { paths: Record<string, Record<string, unknown>> };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const walked = routes.filter((route) => !OTHER_ROUTES.test(route) && route !== UPLOAD);
  expect(walked.sort()).toEqual(Object.keys(WALK).sort());
});

describe.each(Object.entries(WALK))('%s', (route, { about, statuses }) => {
  beforeEach(async () => {
    world = await newWorld();
  });

  it.each(CALLERS.map((caller, index) => [caller, statuses[index]!] as const))(
    'answers %s with %i, and a stranger with no secret',
    async (caller, status) => {
      const answer = await call(route, caller, idOf(about));
      expect({ status: answer.status, body: answer.text }).toEqual({ status, body: answer.text });
      if (!OUTSIDERS.includes(caller)) return;
      // What is no text has none.
      const contents = JSON.stringify([answer.text, answer.headers]);
      const sent = JSON.stringify(WALK[route]?.body?.(world) ?? {}) + idOf(about);
      const leaked = world.secrets.filter((secret) => contents.includes(secret) && !sent.includes(secret));
      expect(leaked).toEqual([]);
    },
  );

  if (about === 'nothing') return;
  it.each(CALLERS.map((caller, index) => [caller, statuses[index]!] as const))(
    'does not let %s tell a missing one from one that is hidden',
    async (caller, status) => {
      const missing = newId();
      const answer = await call(route, caller, missing);
      expect(answer.status).toBe(status === 401 ? 401 : 404);
      if (status !== 404) return;
      const hidden = await call(route, caller, idOf(about));
      expect(told(hidden, idOf(about))).toEqual(told(answer, missing));
    },
  );
});
