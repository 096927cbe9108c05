import { getConnectionToken } from '@nestjs/mongoose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Connection } from 'mongoose';
import { newId } from '#kernel';
import { startTestApp, type TestApp, type TestSession } from '#testing';
import { API } from '../api.js';
import { CLOCK, CONFIG, readConfig } from '../config.js';
import { DevicesModule } from '../devices/devices.module.js';
import { DevicesService } from '../devices/devices.service.js';
import { PreferencesModule } from './preferences.module.js';
import { PreferencesService } from './preferences.service.js';
import { UnsubscribeLinking } from './unsubscribing/unsubscribe-links.js';

const clock = {
  time: new Date('2026-11-20T10:00:00.000Z'),
  now(): Date {
    this.time = new Date(this.time.getTime() + 1_000);
    return this.time;
  },
};

let test: TestApp;
let preferences: PreferencesService;
let devices: DevicesService;
let links: UnsubscribeLinking;
beforeAll(async () => {
  const settings = {
    module: class Settings {},
    global: true,
    providers: [
      { provide: CONFIG, useValue: readConfig({}) },
      { provide: CLOCK, useValue: clock },
    ],
    exports: [CONFIG, CLOCK],
  };
  test = await startTestApp({ imports: [settings, PreferencesModule, DevicesModule], api: API });
  [preferences, devices, links] = [PreferencesService, DevicesService, UnsubscribeLinking].map((part) =>
    test.app.get<unknown>(part),
  ) as [PreferencesService, DevicesService, UnsubscribeLinking];
});
afterAll(() => test.close());

let ada: TestSession;
beforeEach(async () => {
  ada = await test.tokens.session();
});

interface Shown {
  types: object;
  effective: Record<string, { socket: boolean; email: boolean; push: boolean }>;
}

const get = (who = ada) => test.http.get('/v1/preferences').set(who.headers);
const put = (body: object, who = ada) => test.http.put('/v1/preferences').set(who.headers).send(body);
const shown = async (who = ada): Promise<Shown> => (await get(who).expect(200)).body as Shown;
const register = (token: string, who = ada, platform = 'android') =>
  test.http.post('/v1/devices').set(who.headers).send({ platform, token });
const devicesOf = async (who = ada): Promise<{ token_ends_in: string }[]> => {
  const { body } = await test.http.get('/v1/devices?limit=100').set(who.headers).expect(200);
  return (body as { data: { token_ends_in: string }[] }).data;
};

const SETTINGS = {
  types: { 'event.created': { email: true }, 'event.updated': { socket: false } },
  quiet_hours: { from: '22:00', to: '07:00', timezone: 'Europe/Lisbon', mode: 'queue' },
  locale: 'pt-PT',
};

describe('preferences', () => {
  it('are the defaults until something is said, then what was said and the defaults for the rest', async () => {
    const first = await get().expect(200);
    expect(first.headers['etag']).toBe('"0.none"');
    expect(first.body).toMatchObject({ types: {}, quiet_hours: null, locale: null, updated_at: null });
    const answer = await put({ ...SETTINGS, locale: 'pt-pt' }).expect(200);
    expect(answer.body).toMatchObject(SETTINGS);
    const { effective } = await shown();
    expect(effective['event.created']).toEqual({ socket: true, email: true, push: false });
    expect(effective['event.updated']).toEqual({ socket: false, email: false, push: false });
    expect(effective['booking.confirmed']).toEqual({ socket: true, email: true, push: false });
    expect((await put({}).expect(200)).body).toMatchObject({ types: {}, quiet_hours: null, locale: null });
  });

  it('are only the caller’s, and versioned', async () => {
    const first = await put(SETTINGS).expect(200);
    expect(first.headers['etag']).toBe('"1.none"');
    expect((await put(SETTINGS).expect(200)).headers['etag']).toBe('"1.none"');
    await get().set('If-None-Match', '"1.none"').expect(304);
    await put({}).set('If-Match', '"0"').expect(412);
    await put({}).set('If-Match', '"1.none"').expect(200);
    expect(await shown(await test.tokens.session())).toMatchObject({ types: {} });
    await test.http.get('/v1/preferences').expect(401);
  });

  it('said by several at once all count, one after the other', async () => {
    const answers = await Promise.all(
      ['en', 'de', 'pt', 'es'].map((locale) => put({ locale }).then(({ status }) => status)),
    );
    expect(answers).toEqual([200, 200, 200, 200]);
    expect(await preferences.read(ada.user.id)).toMatchObject({ version: 4 });
  });

  it.each([
    ['/types', { types: { 'event.exploded': { email: true } } }],
    ['/types/event.created', { types: { 'event.created': { pigeon: true } } }],
    ['/types/event.created/email', { types: { 'event.created': { email: 'yes' } } }],
    ['/quiet_hours/from', { quiet_hours: { ...SETTINGS.quiet_hours, from: '24:00' } }],
    ['/quiet_hours/to', { quiet_hours: { ...SETTINGS.quiet_hours, to: '7:00' } }],
    ['/quiet_hours/timezone', { quiet_hours: { ...SETTINGS.quiet_hours, timezone: 'Mars/Olympus' } }],
    ['/quiet_hours/timezone', { quiet_hours: { ...SETTINGS.quiet_hours, timezone: '+01:00' } }],
    ['/quiet_hours/mode', { quiet_hours: { ...SETTINGS.quiet_hours, mode: 'loud' } }],
    ['/locale', { locale: 'not a locale' }],
    ['', { digest: 'daily' }],
  ])('with something wrong at %j are refused', async (pointer, body) => {
    const { body: problem } = (await put(body).expect(400)) as { body: { errors: { pointer: string }[] } };
    expect(problem).toMatchObject({ code: 'validation-failed' });
    expect(problem.errors[0]?.pointer.startsWith(pointer)).toBe(true);
  });
});

describe('for the channels', () => {
  it('preferences of many are read at once, defaults included', async () => {
    await put(SETTINGS).expect(200);
    const nobody = newId();
    const found = await preferences.forUsers([ada.user.id, nobody]);
    expect(found.get(ada.user.id)).toMatchObject(SETTINGS);
    expect(found.get(nobody)).toMatchObject({ types: {}, version: 0 });
  });

  it('those who want what is off by default are found by the index alone', async () => {
    const wanting = await Promise.all(Array.from({ length: 5 }, () => test.tokens.session()));
    for (const who of wanting) await put({ types: { 'event.completed': { email: true } } }, who).expect(200);
    await put({ types: { 'event.completed': { email: false, push: true } } }).expect(200);
    const found: string[] = [];
    for await (const id of preferences.whoWants('event.completed', 'email')) found.push(id);
    expect(found).toEqual(wanting.map(({ user }) => user.id).toSorted());
    const explained = await test.app
      .get<Connection>(getConnectionToken())
      .collection('preferences')
      .find({ opted_in: 'event.completed/email' }, { projection: { _id: 1 } })
      .sort({ _id: 1 })
      .explain('executionStats');
    expect(explained['executionStats']).toMatchObject({ nReturned: 5, totalKeysExamined: 5 });
  });
});

describe('the link in an e-mail', () => {
  const at = (url: string): string => url.slice('http://usher.test'.length);
  const click = (url: string) => test.http.post(at(url)).type('form').send('List-Unsubscribe=One-Click');

  it('has the headers of RFC 8058, and unsubscribes by them from that type alone, as often as it is followed', async () => {
    await put(SETTINGS).expect(200);
    const { url, headers } = links.linksFor(ada.user.id, 'event.reminder');
    expect(headers).toEqual({ 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' });
    await click(url).expect(200);
    await click(url).expect(200);
    expect(await preferences.read(ada.user.id)).toMatchObject({
      ...SETTINGS,
      types: { ...SETTINGS.types, 'event.reminder': { email: false } },
      version: 2,
    });
  });

  it('works for who has booked without an account, and in a form of several parts', async () => {
    const attendeeId = newId();
    const { url } = links.linksFor(attendeeId, 'booking.confirmed');
    await test.http.post(at(url)).field('List-Unsubscribe', 'One-Click').expect(200);
    expect((await preferences.read(attendeeId)).types).toEqual({ 'booking.confirmed': { email: false } });
  });

  it('when it is only looked at shows a button, in the reader’s language, and changes nothing', async () => {
    const { url } = links.linksFor(ada.user.id, 'event.reminder');
    const page = await test.http.get(at(url)).set('Accept-Language', 'fr, ar-EG;q=0.8').expect(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.text).toContain('<html lang="ar" dir="rtl">');
    expect(page.text).toMatch(/<form method="post">\s*<button name="List-Unsubscribe" value="One-Click">/);
    expect(await preferences.read(ada.user.id)).toMatchObject({ version: 0 });
  });

  it('that is not whole, and a body that is not the form, do nothing', async () => {
    const { url } = links.linksFor(ada.user.id, 'event.reminder');
    const wrong = url.replace('reminder', 'created');
    const refused = await click(wrong).expect(400);
    expect(refused.body).toMatchObject({ errors: [{ pointer: '/query/token' }] });
    await test.http.get(at(wrong)).expect(400);
    await test.http.post(at(url)).expect(400);
    await test.http.post(at(url)).type('form').send('List-Unsubscribe=No').expect(400);
    await test.http.post(at(url)).type('multipart/form-data; boundary=x').send('--x').expect(400);
    await test.http.post(at(url)).type('multipart/form-data').send('List-Unsubscribe=One-Click').expect(400);
    await test.http.post(at(url)).type('text/plain').send('List-Unsubscribe=One-Click').expect(415);
    expect(await preferences.read(ada.user.id)).toMatchObject({ version: 0 });
  });
});

describe('a device', () => {
  const token = () => `token-${crypto.randomUUID()}`;

  it('lets through what is on by default, and is registered as often as one likes', async () => {
    const mine = token();
    const { body } = (await register(mine).expect(201)) as { body: { id: string } };
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/) as unknown,
      platform: 'android',
      token_ends_in: mine.slice(-4),
      registered_at: expect.any(String) as unknown,
    });
    expect((await register(mine, ada, 'ios').expect(200)).body).toMatchObject({ id: body.id, platform: 'ios' });
    expect(await devicesOf()).toHaveLength(1);
    const { effective } = await shown();
    expect(effective['event.reminder']).toEqual({ socket: true, email: true, push: true });
    expect(effective['event.created']).toMatchObject({ push: false });
    await get().set('If-None-Match', '"0.none"').expect(200);
    const deleted = `/v1/devices/${body.id}`;
    await test.http
      .delete(deleted)
      .set((await test.tokens.session()).headers)
      .expect(404);
    await test.http.delete(deleted).set(ada.headers).expect(204);
    expect(await devicesOf()).toEqual([]);
  });

  it('is whoever’s registered it last', async () => {
    const bob = await test.tokens.session();
    const phone = token();
    await register(phone).expect(201);
    await register(phone, bob).expect(201);
    expect(await devicesOf()).toEqual([]);
    const found = await devices.ofUsers([ada.user.id, bob.user.id]);
    expect([...found.keys()]).toEqual([bob.user.id]);
    expect(found.get(bob.user.id)).toMatchObject([{ token: phone, platform: 'android' }]);
    await devices.removeToken(phone);
    expect(await devices.ofUsers([bob.user.id])).toEqual(new Map());
  });

  it('registered by two at once is one device', async () => {
    const [phone, bob] = [token(), await test.tokens.session()];
    const answers = await Promise.all([register(phone), register(phone), register(phone, bob)]);
    for (const { status } of answers) expect([200, 201]).toContain(status);
    expect([...(await devicesOf()), ...(await devicesOf(bob))]).toHaveLength(1);
  });

  it('is one of twenty; the one not heard of for longest gives way', async () => {
    const tokens = Array.from({ length: 22 }, token);
    for (const each of tokens) await register(each).expect(201);
    const endings = (await devicesOf()).map(({ token_ends_in }) => token_ends_in);
    expect(endings).toEqual(
      tokens
        .slice(2)
        .reverse()
        .map((each) => each.slice(-4)),
    );
  });

  it.each([
    ['with a short token', { token: 'short' }],
    ['with a token that has spaces', { token: 'with a space in between' }],
    ['with an endless token', { token: 'x'.repeat(4_097) }],
    ['of another platform', { platform: 'vms' }],
  ])('%s is refused', async (_, wrong) => {
    const body = { platform: 'ios', token: token(), ...wrong };
    await test.http.post('/v1/devices').set(ada.headers).send(body).expect(400);
  });
});
