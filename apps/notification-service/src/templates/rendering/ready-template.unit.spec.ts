import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DefaultTreeAdapterTypes as Tree, parse } from 'parse5';
import { exampleData } from '../data/example-data.js';
import type { TemplateData } from '../data/template-data.js';
import { requirementsOf } from '../requirements.js';
import { SEEDS } from '../seeds/seeds.js';
import type { TemplateChannel, TemplateContents } from '../template.js';
import { checkTemplate } from '../writing/check-template.js';
import { ReadyTemplate } from './ready-template.js';

const TYPE = 'booking.confirmed';
const BERLIN = { locale: 'en', timeZone: 'Europe/Berlin' };

async function ready<C extends TemplateChannel>(channel: C, locale: string, content?: TemplateContents[C]) {
  const seed = SEEDS.find((one) => one.type === TYPE && one.channel === channel && one.locale === locale);
  const key = { type: TYPE, channel, locale } as const;
  const written = content ?? (seed?.content as TemplateContents[C]);
  const version = { ...key, version: 1, content: written, saved_by: null, created_at: new Date(0) };
  return new ReadyTemplate(
    { ...version, needs: requirementsOf(TYPE, channel, written) },
    await checkTemplate(key, written),
  );
}

const titled = (title: string, channel: TemplateChannel = 'email'): TemplateData => {
  const data = exampleData(TYPE, channel);
  return { ...data, event: { ...data.event, title } };
};
const said = async (
  body: string,
  locale: string,
  data: TemplateData = exampleData(TYPE, 'push'),
  reader = { ...BERLIN, locale },
) => (await ready('push', locale, { title: 'x', body })).render(data, reader).body;

/** The elements of a document with their attributes, without the text in them. */
const structureOf = (html: string): string => {
  const visit = (node: Tree.Node): unknown[] => [
    node.nodeName,
    'attrs' in node ? node.attrs : [],
    'childNodes' in node ? node.childNodes.filter(({ nodeName }) => nodeName !== '#text').map(visit) : [],
  ];
  return JSON.stringify(visit(parse(html)));
};
const textOf = (node: Tree.Node): string =>
  'value' in node ? node.value : 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';

/** All of Unicode, and what has a meaning somewhere more often than by chance. */
const nasty = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom(
        ...[
          '<script>alert(1)</script>',
          '</td></table>',
          '<!--',
          '-->',
          ']]>',
          '"',
          "'",
          '`',
          '=',
          '&lt;',
          '&',
          '{{user}}',
          '{{{',
        ],
        ...[
          '\r\n',
          '\nBcc: a@b.c',
          '\u2028',
          '\0',
          '\x1b[2J',
          '\u202e',
          '\u2067',
          '\u2069',
          '\u2066',
          '\u200f',
          'שלום',
          '🎉',
          '👩‍👩‍👧',
        ],
        ...['javascript:alert(1)', '$&', '$1', '\\', 'constructor', '__proto__'],
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join('').toWellFormed());

const BIDI = /[\u202a-\u202e\u2066-\u2069]/gu;
const CONTROLS = /[\p{Cc}\u2028\u2029]/u;
/** What of a title people see: without control characters, marks and superfluous spaces. */
const visible = (text: string): string =>
  text
    .replaceAll(BIDI, '')
    .replaceAll(/[\p{Cc}\u2028\u2029 ]+/gu, ' ')
    .trim();

describe('whatever an event is called', () => {
  it.each(['en', 'ar'])(
    'its mail has the elements of any other, one line of subject, and shows it (%s)',
    async (locale) => {
      const template = await ready('email', locale);
      const reader = { ...BERLIN, locale };
      const plain = structureOf(template.render(titled('Tea'), reader).html);
      fc.assert(
        fc.property(nasty, (title) => {
          const { subject, html, text } = template.render(titled(title), reader);
          expect(structureOf(html)).toBe(plain);
          expect(visible(textOf(parse(html)))).toContain(visible(title));
          expect(visible(text)).toContain(visible(title));
          expect(visible(subject)).toContain(visible(title));
          expect(subject).not.toMatch(CONTROLS);
          for (const part of [subject, text]) expect(isolatesOf(part)).toBe(0);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('a push message says it', async () => {
    const template = await ready('push', 'en', { title: '{{event.title}}', body: '{{event.title}}!' });
    fc.assert(
      fc.property(nasty, (title) => {
        const message = template.render(titled(title, 'push'), BERLIN);
        expect(visible(message.title)).toBe(visible(title));
        expect(message.title).not.toMatch(CONTROLS);
        expect(isolatesOf(message.body)).toBe(0);
      }),
    );
  });
});

/** How many isolates are left open; nothing else that reorders may be there. */
function isolatesOf(text: string): number {
  let open = 0;
  for (const [mark] of text.matchAll(BIDI)) {
    expect(['\u2068', '\u2069']).toContain(mark);
    open += mark === '\u2068' ? 1 : -1;
    expect(open).toBeGreaterThanOrEqual(0);
  }
  return open;
}

describe('a title that runs the other way', () => {
  it('is isolated, and any other is left as it is', async () => {
    expect(await said('“{{event.title}}”: {{booking.code}}', 'en', titled('שלום 1', 'push'))).toBe(
      '“\u2068שלום 1\u2069”: 7KQ2MXR4TP',
    );
    expect(await said('“{{event.title}}”', 'en', titled('Tea, at 5', 'push'))).toBe('“Tea, at 5”');
    expect(await said('«{{event.title}}»: {{booking.code}}', 'ar', titled('Tea, at 5', 'push'))).toBe(
      '«\u2068Tea, at 5\u2069»: 7KQ2MXR4TP',
    );
  });
});

describe('times, numbers and plurals', () => {
  const WHEN = '{{when event.start_time event.end_time}} ({{zone event.start_time}})';
  const plain = (text: string): string => text.replaceAll(/[\u2009\u202f\u00a0]/g, ' ');

  it.each([
    ['en', 'America/New_York', 'Friday, December 4, 2026, 1:00 – 4:00 PM (Eastern Standard Time)'],
    ['en-GB', 'Europe/London', 'Friday, 4 December 2026, 18:00–21:00 (Greenwich Mean Time)'],
    ['de', 'Europe/Berlin', 'Freitag, 4. Dezember 2026, 19:00–22:00 Uhr (Mitteleuropäische Normalzeit)'],
    ['es', 'Europe/Madrid', 'viernes, 4 de diciembre de 2026, 19:00–22:00 (hora estándar de Europa central)'],
    ['ar', 'Africa/Cairo', 'الجمعة، 4 ديسمبر 2026، 8:00–11:00 م (توقيت شرق أوروبا الرسمي)'],
  ])('are as readers of %s in %s write them', async (locale, timeZone, expected) => {
    const language = locale.slice(0, 2);
    expect(plain(await said(WHEN, language, undefined, { locale, timeZone }))).toBe(expected);
  });

  it('are in the language of the template where the reader’s is another', async () => {
    const reader = { locale: 'fi', timeZone: 'Europe/Helsinki' };
    expect(await said('{{date event.start_time}}', 'en', undefined, reader)).toBe('Friday, December 4, 2026');
  });

  it('are those of the place as well where clocks differ', async () => {
    const there =
      '{{#if (elsewhere event.timezone event.start_time)}}{{time event.start_time in=event.timezone}}{{else}}here{{/if}}';
    expect(plain(await said(there, 'en', undefined, { locale: 'en', timeZone: 'Europe/Berlin' }))).toBe('6:00 PM');
    expect(await said(there, 'en', undefined, { locale: 'en', timeZone: 'Europe/London' })).toBe('here');
  });

  it.each([
    ['en', 1, '1 seat'],
    ['en', 1_200, '1,200 seats'],
    ['ar', 1, 'one'],
    ['ar', 2, 'two'],
    ['ar', 3, '3 few'],
    ['ar', 11, '11 many'],
    ['ar', 100, '100 seats'],
  ])('are counted as %s counts: %d', async (locale, seats, expected) => {
    const forms =
      locale === 'en'
        ? 'one="# seat" other="# seats"'
        : 'one="one" two="two" few="# few" many="# many" other="# seats"';
    const data = exampleData(TYPE, 'push');
    const of = { ...data, booking: { ...data.booking, id: '0'.repeat(24), status: 'confirmed', seats } } as const;
    expect(await said(`{{plural booking.seats ${forms}}}`, locale, of)).toBe(expected);
  });

  it('are nothing where there is none', async () => {
    const data = exampleData(TYPE, 'push');
    expect(
      await said('[{{number event.max_attendees}}]', 'en', { ...data, event: { ...data.event, max_attendees: null } }),
    ).toBe('[]');
  });
});

describe('what a template needs', () => {
  it('is what it shows or asks about, and no notification carries', async () => {
    const template = await ready('push', 'en', {
      title: '{{event.title}}',
      body: '{{#if event.country}}{{event.location}}{{/if}} {{date event.start_time in=event.timezone}} {{user}}',
    });
    expect(template.needs).toEqual(['event.country', 'event.location', 'event.start_time', 'event.timezone']);
  });

  it('has to be there, if only as nothing', async () => {
    const template = await ready('push', 'en', { title: 'x', body: '[{{event.location}}{{event.country}}]' });
    const { event, ...data } = exampleData(TYPE, 'push');
    const { location: _, ...known } = event;
    expect(() => template.render({ ...data, event: known }, BERLIN)).toThrow('without event.location');
    expect(template.render({ ...data, event: { ...event, country: null } }, BERLIN).body).toBe(`[${event.location}]`);
  });
});
