import { createHash } from 'node:crypto';
import { NOTIFICATION_TYPES } from '#contracts';
import { inLayout } from '../rendering/layout.js';
import { TEMPLATE_CHANNELS, type TemplateContent, type TemplateKey } from '../template.js';
import { ar } from './locales/ar.js';
import { de } from './locales/de.js';
import { en } from './locales/en.js';
import { es } from './locales/es.js';
import { pt } from './locales/pt.js';
import { mailOf, sayingOf } from './mail.js';

/** A template that comes with Usher. */
export interface Seed extends TemplateKey {
  content: TemplateContent;
  /** Tells it from what an older or newer Usher brings: a digest of all that its look depends on. */
  digest: string;
}

const WORDINGS = { en, pt, es, de, ar };

/** A template for every type and channel, in every language. */
export const SEEDS: readonly Seed[] = Object.entries(WORDINGS).flatMap(([locale, wording]) =>
  NOTIFICATION_TYPES.flatMap((type) =>
    TEMPLATE_CHANNELS.map((channel) => {
      const { headline: title, lead: body } = sayingOf(type, wording);
      const content = channel === 'email' ? mailOf(type, wording) : { title, body };
      return { type, channel, locale, content, digest: digestOf(content, locale) };
    }),
  ),
);

function digestOf(content: TemplateContent, locale: string): string {
  const frame = 'mjml' in content ? inLayout('', locale) : '';
  return createHash('sha256')
    .update(JSON.stringify([content, frame]))
    .digest('base64url');
}
