import type { NotificationType } from '#contracts';

/** The channels whose messages are made from templates. */
export const TEMPLATE_CHANNELS = ['email', 'push'] as const;
export type TemplateChannel = (typeof TEMPLATE_CHANNELS)[number];

/** What an admin writes, by channel: Handlebars everywhere, within MJML in `mjml`. */
export interface TemplateContents {
  email: { subject: string; mjml: string; text: string };
  push: { title: string; body: string };
}
export type TemplateContent = TemplateContents[TemplateChannel];

/** What becomes of it: plain text, but for `html`; `subject` and `title` are single lines. */
export interface Messages {
  email: { subject: string; html: string; text: string };
  push: { title: string; body: string };
}

/** What a template is for. */
export interface TemplateKey<C extends TemplateChannel = TemplateChannel> {
  type: NotificationType;
  channel: C;
  /** A canonical BCP 47 tag of a language, with a script or region at most. */
  locale: string;
}

/** Which templates are meant: those that have all of it. */
export type TemplateMatch = { [Part in keyof TemplateKey]?: TemplateKey[Part] | undefined };

/** One version of a template; never changed once it is there. */
export interface TemplateVersion<C extends TemplateChannel = TemplateChannel> extends TemplateKey<C> {
  /** 1 for the first of a key, without gaps. */
  version: number;
  content: TemplateContents[C];
  /** What it shows that no notification carries by itself, as paths. */
  needs: readonly string[];
  /** Who wrote it; null for what came with Usher. */
  saved_by: string | null;
  created_at: Date;
}

/** What every reader understands who understands nothing else that there is. */
export const LAST_RESORT = 'en';

const DIGITS = 6;

export const keyId = ({ type, channel, locale }: TemplateKey): string => `${type}/${channel}/${locale}`;

/** A version's id; those of one key sort by version. What was sent remembers it. */
export const versionId = (key: TemplateKey, version: number): string =>
  `${keyId(key)}/${String(version).padStart(DIGITS, '0')}`;

/** The locales whose template does for a reader of `locale`, best first: pt-BR, pt, en. */
export function fallbacks(locale: string): string[] {
  const subtags = (canonicalLocale(locale) ?? LAST_RESORT).split('-');
  const own = subtags.map((_, index) => subtags.slice(0, subtags.length - index).join('-'));
  return own.includes(LAST_RESORT) ? own : [...own, LAST_RESORT];
}

/** Language, script and region of a BCP 47 tag, as they are written; undefined where it is none. */
export function canonicalLocale(tag: string): string | undefined {
  try {
    const { language, script, region } = new Intl.Locale(tag);
    return [language, script, region].filter((part) => part !== undefined).join('-');
  } catch {
    return undefined;
  }
}

const RIGHT_TO_LEFT = new Set(['Arab', 'Hebr', 'Syrc', 'Thaa', 'Nkoo', 'Adlm', 'Rohg']);

export const directionOf = (locale: string): 'ltr' | 'rtl' =>
  RIGHT_TO_LEFT.has(new Intl.Locale(locale).maximize().script ?? '') ? 'rtl' : 'ltr';
