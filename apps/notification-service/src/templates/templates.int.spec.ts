import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { NOTIFICATION_TYPES } from '#contracts';
import { person } from '../../test/messages.js';
import { TestBed } from '../../test/test-bed.js';
import { exampleData } from './data/example-data.js';
import { ReadyTemplates } from './ready-templates.js';
import { TemplateSeeding } from './seeds/seeding.js';
import { SEEDS } from './seeds/seeds.js';
import type { TemplateDocument } from './templates.schema.js';

/** Of whatever answer: what a test looks at without a matcher. */
interface Body {
  version: number;
  data: { type: string; channel: string; locale: string }[];
  next_cursor: string | null;
  errors: { pointer: string; message: string }[];
  subject: string;
  html: string;
  text: string;
}

let bed: TestBed;
let admin: string;
beforeAll(async () => {
  bed = await TestBed.start({ instances: 2 });
  admin = await bed.clientToken('admin');
}, 60_000);
afterAll(() => bed.close());

let locale: string;
let locales = 0;
/** One that no other test has, and that falls back to English. */
beforeEach(() => {
  locale = `q${'abcdefghijklmnopqrstuvwxyz'.charAt(locales)}`;
  locales += 1;
});

async function call(method: string, path: string, { body, headers = {}, instance = 0 }: Call = {}) {
  const answer = await fetch(`${bed.url(instance)}/v1/templates${path}`, {
    method,
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: JSON.parse(text === '' ? '{}' : text) as Body };
}
interface Call {
  body?: object;
  headers?: Record<string, string>;
  instance?: number;
}

const MAIL = {
  subject: 'Hi {{reader.name}}: {{event.title}}',
  mjml: '<mj-text>{{event.title}} at {{event.location}} <a href="{{links.unsubscribe}}">Stop</a></mj-text>',
  text: '{{event.title}} {{links.unsubscribe}}',
};
const at = (type = 'event.updated', channel = 'email'): string => `/${type}/${channel}/${locale}`;

describe('the templates that come with Usher', () => {
  it('are there from the start, once, and listed by page', async () => {
    const seen: Body['data'] = [];
    for (let query: string | null = '?limit=100'; query !== null;) {
      const { body } = await call('GET', query);
      seen.push(...body.data);
      query = body.next_cursor === null ? null : `?limit=100&cursor=${body.next_cursor}`;
    }
    const keys = seen.map(({ type, channel, locale: tag }) => `${type}/${channel}/${tag}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(expect.arrayContaining(SEEDS.map((seed) => `${seed.type}/${seed.channel}/${seed.locale}`)));
    const { body } = await call('GET', '?type=booking.confirmed&channel=email&limit=2');
    expect(body.data.map((entry) => entry.locale)).toEqual(['ar', 'de']);
    expect(body.data[0]).toMatchObject({
      version: 1,
      saved_by: null,
      needs: expect.arrayContaining(['event.location']),
    });
  });

  it('are what readers of a region, and of languages that there are none in, get', async () => {
    for (const [asked, got] of [
      ['pt-BR', 'pt'],
      ['pt', 'pt'],
      ['AR-eg', 'ar'],
      ['fi', 'en'],
    ]) {
      const { status, body, headers } = await call('GET', `/event.created/email/${asked}`);
      expect([status, body]).toMatchObject([
        200,
        { locale: got, subject: expect.any(String), mjml: expect.any(String) },
      ]);
      expect(headers.get('content-location')).toBe(`/v1/templates/event.created/email/${got}`);
    }
    expect((await call('GET', '/event.created/fax/en')).status).toBe(404);
    expect((await call('GET', '/event.renamed/email/en')).status).toBe(404);
    expect((await call('GET', '/event.created/email/en-US-u-hc-h23')).status).toBe(404);
  });

  it('are brought anew where they have changed, and left where somebody has written others', async () => {
    const stored = bed.instances[0]!.get<Connection>(getConnectionToken()).collection<TemplateDocument>('templates');
    const before = { type: 'event.completed', channel: 'push' };
    await stored.updateMany({ ...before, locale: { $in: ['es', 'de'] } } as never, { $set: { seed: 'older' } });
    await call('PUT', '/event.completed/push/de', { body: { title: 'Ende', body: 'Aus' } });
    for (let start = 0; start < 2; start += 1) await bed.instances[0]!.get(TemplateSeeding).onApplicationBootstrap();
    expect((await call('GET', '/event.completed/push/es')).body).toMatchObject({ version: 2, saved_by: null });
    expect((await call('GET', '/event.completed/push/de')).body).toMatchObject({ version: 2, title: 'Ende' });
    expect((await call('GET', '/event.completed/push/en')).body).toMatchObject({ version: 1 });
  });
});

describe('writing a template', () => {
  it('makes versions, which stay readable, for readers on every instance', async () => {
    const first = await call('PUT', at(), { body: MAIL });
    expect(first).toMatchObject({ status: 200, body: { ...MAIL, locale, version: 1, needs: ['event.location'] } });
    expect(first.headers.get('etag')).toBe(`"1.${locale}"`);
    expect((await call('PUT', at(), { body: MAIL })).body.version).toBe(1);
    const second = { ...MAIL, subject: 'Changed' };
    await call('PUT', at(), { body: second });
    expect((await call('GET', at(), { instance: 1 })).body).toMatchObject({
      ...second,
      version: 2,
      saved_by: 'A service',
    });
    expect((await call('GET', `${at()}/versions/1`)).body).toMatchObject({ ...MAIL, version: 1 });
    expect((await call('GET', `${at()}/versions/3`)).status).toBe(404);
  });

  it('goes on from the version that the writer knows', async () => {
    const { headers } = await call('GET', at());
    const known = { 'if-match': headers.get('etag') ?? '' };
    expect((await call('PUT', at(), { body: MAIL, headers: known })).status).toBe(412);
    expect((await call('PUT', at(), { body: MAIL, headers: { 'if-none-match': '*' } })).status).toBe(200);
    expect((await call('PUT', at(), { body: MAIL, headers: { 'if-none-match': '*' } })).status).toBe(412);
    const tag = (await call('GET', at())).headers.get('etag') ?? '';
    const next = { ...MAIL, subject: 'Next' };
    expect((await call('PUT', at(), { body: next, headers: { 'if-match': tag } })).body).toMatchObject({ version: 2 });
    expect((await call('PUT', at(), { body: MAIL, headers: { 'if-match': tag } })).status).toBe(412);
    expect((await call('GET', at(), { headers: { 'if-none-match': `"2.${locale}"` } })).status).toBe(304);
  });

  it('gives every version one number when many write at once', async () => {
    const answers = await Promise.all(
      [0, 1, 2, 3].map((index) =>
        call('PUT', at('event.created', 'push'), { body: { title: `${index}`, body: 'Hi' }, instance: index % 2 }),
      ),
    );
    expect(answers.map(({ body }) => body.version).sort()).toEqual([1, 2, 3, 4]);
  });

  it('is refused with the place of what nobody knows', async () => {
    const { status, body } = await call('PUT', at(), {
      body: { ...MAIL, subject: '{{event.titel}}', mjml: `${MAIL.mjml}\n<mj-text>{{event.start_time}}</mj-text>` },
    });
    expect([status, body]).toMatchObject([422, { code: 'template-invalid' }]);
    expect(body.errors).toEqual([
      { pointer: '/subject', message: 'line 1, column 3: `event.titel` is not known here' },
      {
        pointer: '/mjml',
        message: 'line 2, column 10: `event.start_time` is a time: show it by `date`, `time` or `when`',
      },
    ]);
    expect((await call('GET', at())).body).toMatchObject({ locale: 'en' });
  });

  it('takes what belongs to the channel', async () => {
    expect((await call('PUT', at('event.created', 'push'), { body: MAIL })).status).toBe(400);
    expect((await call('PUT', at(), { body: { title: 'A', body: 'B' } })).status).toBe(400);
  });

  it('is for admins', async () => {
    const headers = { authorization: `Bearer ${await bed.token(person('ada'))}` };
    expect((await call('PUT', at(), { body: MAIL, headers })).status).toBe(403);
    expect((await call('GET', '', { headers })).status).toBe(403);
    expect((await call('POST', `${at()}/preview`, { body: {}, headers })).status).toBe(403);
  });
});

describe('a preview', () => {
  it('shows what is saved, in the reader’s locale and time zone, with an example', async () => {
    const { status, body } = await call('POST', '/booking.confirmed/email/pt-BR/preview', {
      body: { timezone: 'America/Sao_Paulo' },
    });
    expect(status).toBe(200);
    expect(body.subject).toBe('Reserva confirmada: Analytical evening');
    expect(body.text).toMatch(/4 de dezembro de 2026\s15:00\s–\s18:00 \(Horário Padrão de Brasília\)/);
    expect(body.html).toContain('lang="pt"');
  });

  it('shows what is not saved, and other data', async () => {
    const title = '<b>Tea</b> & "engines"\r\nBcc: everybody@example.com';
    const { body } = await call('POST', `${at()}/preview`, { body: { template: MAIL, data: { event: { title } } } });
    expect(body.subject).toBe('Hi ada: <b>Tea</b> & "engines" Bcc: everybody@example.com');
    expect(body.html).toContain('&lt;b&gt;Tea&lt;/b&gt; &amp; &quot;engines&quot; Bcc: everybody@example.com at Rua');
    expect((await call('GET', at())).body).toMatchObject({ locale: 'en' });
  });

  it('is refused for what could not be saved, or is no data', async () => {
    const preview = (body: object) => call('POST', `${at()}/preview`, { body });
    expect((await preview({ template: { ...MAIL, text: '{{#if}}' } })).body).toMatchObject({
      code: 'template-invalid',
    });
    expect((await preview({ data: { event: { start_time: 'soon' } } })).body.errors).toMatchObject([
      { pointer: '/data/event/start_time' },
    ]);
    expect((await preview({ timezone: 'Mars' })).status).toBe(400);
  });
});

describe('what channels make messages from', () => {
  it('is the newest version for the reader, and any version again by the id that a delivery remembers', async () => {
    const templates = bed.instances[1]!.get(ReadyTemplates);
    const reader = { locale: `${locale}-DE`, timeZone: 'Europe/Berlin' };
    const data = exampleData('event.updated', 'email');
    await call('PUT', at(), { body: MAIL });
    const first = await templates.forReader('event.updated', 'email', reader.locale);
    expect([first.id, first.needs]).toEqual([`event.updated/email/${locale}/000001`, ['event.location']]);
    const sent = first.render(data, reader);
    await call('PUT', at(), { body: { ...MAIL, subject: 'Other' } });
    expect((await templates.forReader('event.updated', 'email', reader.locale)).render(data, reader).subject).toBe(
      'Other',
    );
    expect((await bed.instances[0]!.get(ReadyTemplates).version(first.id)).render(data, reader)).toEqual(sent);
    await expect(templates.version(`event.updated/email/${locale}/000009`)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('keeps the HTML of what came with Usher from its first use on', async () => {
    const stored = bed.instances[0]!.get<Connection>(getConnectionToken()).collection<TemplateDocument>('templates');
    const _id = 'event.created/email/es/000001';
    expect((await stored.findOne({ _id }))?.html).toBeNull();
    const use = () => bed.instances[0]!.get(ReadyTemplates).forReader('event.created', 'email', 'es');
    const [one, other] = await Promise.all([use(), use()]);
    expect(one).toBe(other);
    expect((await stored.findOne({ _id }))?.html).toContain('{{event.title}}');
  });

  it('is there for every type', async () => {
    const templates = bed.instances[0]!.get(ReadyTemplates);
    for (const type of NOTIFICATION_TYPES) expect((await templates.forReader(type, 'push', 'xx')).id).toMatch(/\/en\//);
  });
});
