import { type FieldError, UsherError } from '#kernel';
import { placeholdersOf } from '../data/template-data.js';
import { MjmlError, toMailHtml } from '../rendering/mail-html.js';
import type { TemplateChannel, TemplateContents, TemplateKey } from '../template.js';
import { misplacedIn } from './insertion-points.js';
import { type Fault, readTemplate } from './placeholders.js';

/** The parts of an e-mail that have to offer its reader a way out. */
const UNSUBSCRIBABLE = ['mjml', 'text'];

/**
 * The HTML of an e-mail, with its placeholders still in it, and null for other channels. Throws `template-invalid`, with
 * line and column of whatever nobody knows, would be lost, or could be abused by whoever names an event.
 */
export async function checkTemplate<C extends TemplateChannel>(
  key: TemplateKey<C>,
  content: TemplateContents[C],
): Promise<string | null> {
  const known = placeholdersOf(key.type, key.channel);
  const errors = Object.entries<string>(content).flatMap(([part, source]) => {
    const { used, faults } = readTemplate(source, known);
    if (faults.length > 0) return faults.map((fault) => fieldError(part, fault));
    if (!UNSUBSCRIBABLE.includes(part) || used.includes('links.unsubscribe')) return [];
    return [{ pointer: `/${part}`, message: 'has to offer {{links.unsubscribe}}' }];
  });
  refuse(errors);
  if (!('mjml' in content)) return null;
  const html = await htmlOf(content.mjml, key.locale);
  refuse(misplacedIn(content.mjml, html, known).map((fault) => fieldError('mjml', fault)));
  return html;
}

async function htmlOf(mjml: string, locale: string): Promise<string> {
  try {
    return await toMailHtml(mjml, locale);
  } catch (error) {
    if (!(error instanceof MjmlError)) throw error;
    const errors = error.faults.map(({ line, message }) => ({
      pointer: '/mjml',
      message: line === 0 ? message : `line ${line}: ${message}`,
    }));
    throw invalid(errors);
  }
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(errors);
}

const invalid = (errors: readonly FieldError[]): UsherError =>
  new UsherError('template-invalid', 'The template cannot be used; see `errors`.', { errors });

const fieldError = (part: string, { line, column, message }: Fault): FieldError => ({
  pointer: `/${part}`,
  message: `line ${line}, column ${column}: ${message}`,
});
