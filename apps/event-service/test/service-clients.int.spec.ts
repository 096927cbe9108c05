import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { SCOPES } from '#contracts';
import { newEvent, signUp } from '#testing';
import { ClientsBed } from './clients-bed.js';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

interface Route {
  name: string;
  method: Method;
  path: string;
  /** As OpenAPI has it: nobody is looked at, anyone may call, or a bearer token is needed, for clients with scopes. */
  security: readonly { bearer?: readonly string[] }[];
}

const PERSON = { name: 'Somebody', email: 'somebody@example.com' };

/** The routes for anyone, and what they answer to a service client: what is public, and nothing where people are known. */
const FOR_ANYONE: Record<string, { status: number; body?: object }> = {
  'GET /v1/events': { status: 200 },
  'GET /v1/events.ics': { status: 200 },
  'GET /v1/events/{id}': { status: 200 },
  'GET /v1/events/{id}.ics': { status: 200 },
  'GET /v1/attachments/{id}': { status: 404 },
  'POST /v1/events/{id}/bookings': { status: 403, body: { attendee: PERSON } },
  'GET /v1/bookings': { status: 403 },
  'GET /v1/bookings/{id}': { status: 403 },
  'POST /v1/bookings/{id}/cancel': { status: 403 },
  'POST /v1/attendees': { status: 403, body: PERSON },
  'GET /v1/attendees/{id}': { status: 403 },
  'PATCH /v1/attendees/{id}': { status: 403, body: { name: 'Another' } },
  'DELETE /v1/attendees/{id}': { status: 403 },
};

let bed: ClientsBed;
let routes: Route[];
/** One client with every scope but `admin`, and one with that alone. */
let tokens: Record<'client' | 'admin client', { authorization: string }>;
/** Of an event with a booking for somebody. */
let ids: Partial<Record<string, string>>;
/** What nobody but those concerned may learn. */
let secrets: string[];

beforeAll(async () => {
  bed = await ClientsBed.start();
  tokens = {
    client: await bed.bearer(...SCOPES.filter((scope) => scope !== 'admin')),
    'admin client': await bed.bearer('admin'),
  };
  const { http } = bed.service;
  const document = (await http.get('/openapi.json')).body as {
    paths: Record<string, Record<Method, Pick<Route, 'security'>>>;
  };
  routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method as Method,
      path,
      security,
    })),
  );
  const { headers } = await signUp(bed.service);
  const event = (await http.post('/v1/events').set(headers).send(newEvent())).body as { id: string };
  const attendee = { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+49 30 90182001' };
  const booked = await http.post(`/v1/events/${event.id}/bookings`).set(headers).send({ attendee }).expect(201);
  const booking = booked.body as { id: string; code: string; attendee: { id: string } };
  ids = { events: event.id, bookings: booking.id, attendees: booking.attendee.id };
  secrets = [...Object.values(attendee), booking.code];
}, 60_000);
afterAll(() => bed.close());

function call({ name, method, path }: Route, headers: Record<string, string>): Promise<Response> {
  const [, , collection = ''] = path.split('/');
  const id = ids[collection] ?? 'f'.repeat(24);
  const request = bed.service.http[method](path.replace('{id}', id)).set(headers);
  const { body } = FOR_ANYONE[name] ?? {};
  return Promise.resolve(body === undefined ? request : request.send(body));
}

/** Calls every route that `choose` finds; what came of it by the name of the route. */
async function walk(choose: (route: Route) => boolean, headers: Record<string, string>) {
  const outcomes: Record<string, string | number> = {};
  for (const route of routes.filter(choose)) {
    const answer = await call(route, headers);
    const { code } = answer.body as { code?: string };
    outcomes[route.name] = answer.status === 403 ? (code ?? 403) : answer.status;
    const contents = JSON.stringify([answer.text, answer.headers]);
    expect({ route: route.name, leaked: secrets.filter((secret) => contents.includes(secret)) }).toEqual({
      route: route.name,
      leaked: [],
    });
  }
  return outcomes;
}

const needs = ({ security }: Route): readonly string[] | undefined =>
  security.length === 1 ? security[0]?.bearer : undefined;
const isForPeople = (route: Route): boolean => needs(route)?.length === 0;
const isForAnyone = ({ security }: Route): boolean => security.length === 2;

describe.each(['client', 'admin client'] as const)('a %s', (who) => {
  it('is refused wherever people sign in', async () => {
    const outcomes = await walk(isForPeople, tokens[who]);
    expect(Object.keys(outcomes)).toContain('GET /v1/users/me');
    expect(Object.keys(outcomes).length).toBeGreaterThan(10);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['forbidden']));
  });

  it('is told what is public, and nothing where people are known', async () => {
    const expected = Object.entries(FOR_ANYONE).map(([name, { status }]) => [
      name,
      status === 403 ? 'forbidden' : status,
    ]);
    expect(await walk(isForAnyone, tokens[who])).toEqual(Object.fromEntries(expected));
  });

  it('is let in by its scopes', async () => {
    const outcomes = await walk((route) => (needs(route)?.length ?? 0) > 0, tokens[who]);
    expect(Object.keys(outcomes)).toContain('GET /v1/clients');
    for (const route of routes) {
      const scopes = needs(route) ?? [];
      if (scopes.length === 0) continue;
      const refused = outcomes[route.name] === 'insufficient-scope';
      expect({ route: route.name, refused }).toEqual({
        route: route.name,
        refused: who === 'client' && scopes.includes('admin'),
      });
    }
  });

  it('makes no route fail, with its token or another’s', async () => {
    const outcomes = await walk(() => true, {
      ...tokens[who],
      'x-attendee-token': `${ids.attendees}.${'x'.repeat(43)}`,
    });
    expect(Object.entries(outcomes).filter(([, status]) => typeof status === 'number' && status >= 500)).toEqual([]);
  });
});

it('is refused for who holds an attendee’s token too, since both cannot be meant', async () => {
  const registered = await bed.service.http.post('/v1/attendees').send(PERSON).expect(201);
  const { id, attendee_token } = registered.body as { id: string; attendee_token: string };
  const get = (headers: Record<string, string>) =>
    bed.service.http.get(`/v1/attendees/${id}`).set({ 'x-attendee-token': attendee_token, ...headers });
  await get({}).expect(200);
  await get(tokens.client).expect(403);
});
