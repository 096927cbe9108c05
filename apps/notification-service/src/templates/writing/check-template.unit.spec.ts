import { describe, expect, it } from '@jest/globals';
import { UsherError } from '#kernel';
import type { TemplateKey } from '../template.js';
import { checkTemplate } from './check-template.js';

const key: TemplateKey<'email'> = { type: 'booking.confirmed', channel: 'email', locale: 'en' };
const UNSUBSCRIBE = '<mj-text><a href="{{links.unsubscribe}}">Stop</a></mj-text>';

/** What is wrong with an e-mail of that MJML, or of that subject. */
async function faultsOf(parts: { mjml?: string; subject?: string; text?: string }): Promise<readonly string[]> {
  const { mjml = '', subject = 'Hi', text = '{{links.unsubscribe}}' } = parts;
  try {
    await checkTemplate(key, { subject, mjml: `${mjml}\n${UNSUBSCRIBE}`, text });
    return [];
  } catch (error) {
    if (!(error instanceof UsherError)) throw error;
    expect(error.code).toBe('template-invalid');
    return error.errors.map(({ pointer, message }) => `${pointer} ${message}`);
  }
}

describe('a template', () => {
  it.each([
    '{{event.title}} {{booking.code}} {{reader.name}} {{user}}',
    '{{date event.start_time}} {{time event.end_time in=event.timezone}} {{zone event.start_time}}',
    '{{when event.start_time event.end_time}} {{number event.max_attendees}}',
    '{{plural booking.seats one="a seat" two="two" other="# seats"}}',
    '{{#if reader.booked}}you{{else if event.country}}{{event.country}}{{else}}others{{/if}}',
    '{{#unless event.seats_left}}full{{/unless}} {{! nobody reads this }}',
    '{{#if (elsewhere event.timezone event.start_time)}}abroad{{/if}}',
    'no placeholder at all',
  ])('can say %s', async (source) => {
    expect(await faultsOf({ subject: source, mjml: `<mj-text>${source}</mj-text>` })).toEqual([]);
  });

  it.each([
    ['{{event.titel}}', '`event.titel` is not known here'],
    ['{{message}}', '`message` is not known here'],
    ['{{constructor}}', '`constructor` is not known here'],
    ['{{event.__proto__}}', '`event.__proto__` is not known here'],
    ['{{../event.title}}', '`../event.title` is not known here'],
    ['{{@root.event.title}}', '`@root.event.title` is not known here'],
    ['{{this}}', '`this` is not known here'],
    ['{{{event.title}}}', 'whatever is inserted is escaped: use two braces'],
    ['{{&event.title}}', 'whatever is inserted is escaped: use two braces'],
    ['{{"text"}}', 'has to name what is to be inserted'],
    ['{{upper event.title}}', 'there is no helper `upper`'],
    ['{{lookup event "title"}}', 'there is no helper `lookup`'],
    ['{{log event.title}}', 'there is no helper `log`'],
    ['{{event.start_time}}', '`event.start_time` is a time: show it by `date`, `time` or `when`'],
    ['{{booking.seats}}', '`booking.seats` is a number: show it by `number` or `plural`'],
    ['{{reader.booked}}', '`reader.booked` is true or false: ask for it with `#if`'],
    ['{{date event.title}}', '`event.title` is no time'],
    ['{{date "2026-11-20"}}', 'has to be something known, by its name'],
    ['{{when event.start_time}}', '`when` takes a time and a time'],
    ['{{date event.start_time style="long"}}', '`date` knows no `style`'],
    ['{{date event.start_time in=event.title}}', '`event.title` is no zone'],
    ['{{plural booking.seats one="1"}}', '`plural` needs `other="…"`, for what has no form of its own'],
    ['{{plural booking.seats other=event.title}}', '`other` has to be a text in quotes'],
    ['{{elsewhere event.timezone event.start_time}}', '`elsewhere` is asked: {{#if (elsewhere …)}}'],
    ['{{#if (number booking.seats)}}a{{/if}}', '`number` answers no question'],
    ['{{#if "yes"}}a{{/if}}', 'only what is known can be asked for'],
    ['{{#if}}a{{/if}}', '`if` asks for one thing'],
    ['{{#each event.tags}}a{{/each}}', 'there is no block `each`'],
    ['{{#with event}}a{{/with}}', 'there is no block `with`'],
    ['{{> footer}}', 'partials and decorators are not taken'],
    ['{{#> frame}}a{{/frame}}', 'partials and decorators are not taken'],
    ['{{* decorate}}', 'partials and decorators are not taken'],
  ])('cannot say %s', async (source, message) => {
    const faults = await faultsOf({ subject: `Hi\n ${source}` });
    expect(faults[0]).toMatch(/^\/subject line 2, column \d+: /);
    expect(faults[0]).toContain(message);
  });

  it.each(['{{#if event.title}}', '{{event.title', '{{#if event.title}}{{/unless}}', '{{}}', '{{else}}'])(
    'that is no Handlebars is refused: %s',
    async (source) => {
      expect((await faultsOf({ text: source }))[0]).toMatch(/^\/text line 1, column 1: is no Handlebars: /);
    },
  );

  it('has to offer its reader a way out', async () => {
    const content = { subject: 'Hi', mjml: '<mj-text>Hi</mj-text>', text: 'Hi' };
    await expect(checkTemplate(key, content)).rejects.toMatchObject({
      errors: [{ pointer: '/mjml' }, { pointer: '/text' }],
    });
  });
});

describe('the MJML of a template', () => {
  it.each([
    ['<mj-foo />', "line 1: <mj-foo>: Element mj-foo doesn't exist or is not registered"],
    ['\n<mj-text colour="red">a</mj-text>', 'line 2: <mj-text>: Attribute colour is illegal'],
    ['<mj-section />', 'line 1: <mj-section>: mj-section cannot be used inside mj-column'],
    ['<mj-text>{{#if event.country}}</mj-text><mj-text>a</mj-text>{{/if}}', 'has blocks that MJML takes apart'],
    [
      '{{event.title}}',
      'line 1, column 1: {{event.title}} would be lost: between elements it has to stand in <mj-raw>',
    ],
    ['<mj-text>{{user}}</mj-text>{{user}}', '{{user}} would be lost'],
    [
      '<mj-text>a</mj-text>\n{{#if event.country}}<mj-text>a</mj-text>{{/if}}',
      'line 2, column 1: {{#if event.country}} would be lost',
    ],
  ])('is refused: %s', async (mjml, message) => {
    expect((await faultsOf({ mjml })).join('; ')).toContain(message);
  });

  it.each([
    '<mj-text><a href="{{event.title}}">a</a></mj-text>',
    '<mj-text><a href="https://example.com/?q={{event.title}}">a</a></mj-text>',
    '<mj-text><b title="{{event.title}}">a</b></mj-text>',
    '<mj-text><b style="color: {{event.title}}">a</b></mj-text>',
    '<mj-text><b {{event.title}}>a</b></mj-text>',
    '<mj-text><{{event.title}}>a</mj-text>',
    '<mj-text><a onclick="{{links.event}}">a</a></mj-text>',
    '<mj-text><style>b { color: {{event.title}} }</style></mj-text>',
    '<mj-raw><script>{{event.title}}</script></mj-raw>',
    '<mj-button href="{{event.title}}">a</mj-button>',
    '<mj-image src="{{event.title}}" />',
    '<mj-text>{{#if event.country}}<a href="{{event.title}}">a</a>{{else}}b{{/if}}</mj-text>',
  ])('keeps what others write out of where it could do more than be read: %s', async (mjml) => {
    expect((await faultsOf({ mjml })).join('; ')).toContain('can stand in text only, or be a link in `href`');
  });

  it('can have conditions between its elements, and Usher’s links in its own', async () => {
    const mjml = [
      '<mj-raw>{{#if reader.booked}}</mj-raw>',
      '<mj-button href="{{links.event}}">{{event.title}}</mj-button>',
      '<mj-raw>{{/if}}</mj-raw>',
    ].join('\n');
    expect(await faultsOf({ mjml })).toEqual([]);
  });
});
