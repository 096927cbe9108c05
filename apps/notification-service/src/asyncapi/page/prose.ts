import { html, type Html } from '#http';

/** The CommonMark that the documents use: `code`. */
export const prose = (text: string): Html =>
  html`${text.split(/`([^`]*)`/).map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
