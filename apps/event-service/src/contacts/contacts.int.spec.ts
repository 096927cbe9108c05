import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Contacts } from '#contracts';
import { newId } from '#kernel';
import { signUp, type TestAccount } from '#testing';
import { ClientsBed, type CreatedClient } from '../../test/clients-bed.js';
import { startEventService } from '../../test/start-event-service.js';

const configured: CreatedClient = { id: newId(), client_secret: 'a-secret-of-more-than-32-characters' };
const settingsOf = ({ id, client_secret }: CreatedClient) => ({
  SERVICE_CLIENT_ID: id,
  SERVICE_CLIENT_SECRET: client_secret,
});

let bed: ClientsBed;
let headers: { authorization: string };
let user: TestAccount;
let attendee: { id: string; attendee_token: string };

beforeAll(async () => {
  bed = await ClientsBed.start(settingsOf(configured));
  headers = await bearer();
  user = await signUp(bed.service);
  const person = { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+49 30 90182001', notes: 'vegan' };
  attendee = (await bed.service.http.post('/v1/attendees').send(person).expect(201)).body as typeof attendee;
}, 60_000);
afterAll(() => bed.close());

async function bearer(client = configured): Promise<{ authorization: string }> {
  const { body } = await bed.ask(client).expect(200);
  return { authorization: `Bearer ${(body as { access_token: string }).access_token}` };
}

const lookUp = (body: object, as: Record<string, string> = headers) =>
  bed.service.http.post('/v1/contacts/lookup').set(as).send(body);

describe('a service looks up contacts', () => {
  it('of users and attendees, and is told no more than reaching them takes', async () => {
    const answer = await lookUp({ user_ids: [user.user.id], attendee_ids: [attendee.id] }).expect(200);
    const { id, username } = user.user;
    expect(answer.body).toEqual({
      users: [{ id, email: user.email, username, full_name: null, is_verified: false, locale: 'en', timezone: 'UTC' }],
      attendees: [{ id: attendee.id, name: 'Ada Lovelace', email: 'ada@example.com', user_id: null }],
    });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('and those who do not exist, or have been erased, are left out', async () => {
    const created = await bed.service.http.post('/v1/attendees').send({ name: 'Gone', email: 'gone@example.com' });
    const gone = created.body as typeof attendee;
    const removed = bed.service.http.delete(`/v1/attendees/${gone.id}`);
    await removed.set('x-attendee-token', gone.attendee_token).expect(204);
    const { body } = await lookUp({
      user_ids: [newId(), user.user.id, user.user.id],
      attendee_ids: [newId(), gone.id],
    }).expect(200);
    expect(body).toMatchObject({ users: [{ id: user.user.id }], attendees: [] });
    expect((await lookUp({}).expect(200)).body).toEqual({ users: [], attendees: [] });
  });

  it('of 500 at once', async () => {
    const others = Array.from({ length: 499 }, () => newId());
    const { body } = await lookUp({ user_ids: others, attendee_ids: [attendee.id] }).expect(200);
    expect((body as Contacts).attendees).toHaveLength(1);
    const tooMany = await lookUp({ user_ids: [...others, newId()], attendee_ids: [attendee.id] });
    expect(tooMany.body).toMatchObject({ status: 400, code: 'validation-failed' });
  });

  it('with the scope for it, or as an admin', async () => {
    const body = { user_ids: [user.user.id] };
    await lookUp(body, await bed.bearer('contacts:read')).expect(200);
    await lookUp(body, bed.admin.headers).expect(200);
    const refused = await lookUp(body, await bed.bearer('bus:read')).expect(403);
    expect(refused.headers['www-authenticate']).toContain('scope="contacts:read"');
    await lookUp(body, user.headers).expect(403);
    await lookUp(body, {}).expect(401);
  });
});

describe('the client of the settings', () => {
  it('is there from the start, for contacts and nothing else', async () => {
    const { body } = await bed.service.http.get('/v1/clients').set(bed.admin.headers).expect(200);
    const { data } = body as { data: { id: string }[] };
    expect(data.find(({ id }) => id === configured.id)).toMatchObject({
      name: 'notification-service',
      scopes: ['contacts:read'],
      created_by: { id: null, username: 'system' },
    });
    const stored = await bed.connection.collection('clients').find().toArray();
    expect(JSON.stringify(stored)).not.toContain(configured.client_secret);
  });

  it('gets the secret of the next start, and stays the same client', async () => {
    const renewed = { ...configured, client_secret: 'another-secret-of-32-characters-or-more' };
    const { rabbitmqUrl, database } = bed.service;
    const next = await startEventService({ RABBITMQ_URL: rabbitmqUrl, ...settingsOf(renewed) }, database);
    await next.app.close();
    await bed.ask(configured).expect(401);
    await lookUp({}, await bearer(renewed)).expect(200);
    expect(await bed.connection.collection('clients').countDocuments({ name: 'notification-service' })).toBe(1);
  });
});
