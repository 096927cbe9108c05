import { describe, expect, it } from '@jest/globals';
import { html } from '#http';
import { buildAsyncApi } from '../asyncapi.js';
import { renderPage } from './page.js';
import { prose } from './prose.js';
import { schemaView } from './schema-view.js';

const document = buildAsyncApi('http://localhost:3001');
const page = renderPage(document);

describe('the AsyncAPI page', () => {
  it('shows every message and every schema of the document', () => {
    const spoken = Object.entries(document.components.messages).filter(([id]) => id !== 'acknowledgement');
    for (const [, { title }] of spoken) expect(page).toContain(`<strong>${title}</strong>`);
    for (const name of Object.keys(document.components.schemas)) expect(page).toContain(`id="schema-${name}"`);
  });

  it('shows the examples of a message', () => {
    expect(page).toContain(html`${'"notification_type": "booking.confirmed"'}`.text);
    expect(page).toContain(html`${'"cancellation_reason": "event-canceled"'}`.text);
  });

  it('links only to what it has', () => {
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`);
  });

  it('needs neither a script nor another host', () => {
    expect(page).not.toMatch(/<script|<link|https?:\/\/(?!localhost:3001)/);
  });
});

describe('schemaView', () => {
  const textOf = (schema: object): string => schemaView({ ...schema }).text.replace(/<[^>]*>/g, '');

  it.each([
    [{ type: 'string', format: 'date-time' }, 'string date-time'],
    [{ type: ['string', 'null'] }, 'string or null'],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'integer or null'],
    [{ enum: ['a', 'b'] }, '&quot;a&quot; or &quot;b&quot;'],
    [{ type: 'array', items: { type: 'string' } }, 'list of string'],
    [{}, 'anything'],
  ])('says what %j is', (schema, text) => {
    expect(textOf(schema).replaceAll(/\s+/g, ' ').trim()).toBe(text);
  });
});

describe('html', () => {
  it('escapes everything but markup made by itself', () => {
    expect(html`<p>${'<b>"&'}${html`<i>${['<', 1]}</i>`}</p>`.text).toBe('<p>&lt;b&gt;&quot;&amp;<i>&lt;1</i></p>');
  });

  it('turns backticks into code', () => {
    expect(prose('see `a<b`.').text).toBe('see <code>a&lt;b</code>.');
  });
});
