import type { TemplateDelegate } from 'handlebars';
import { missingFrom } from '../requirements.js';
import { type Placeholder, placeholdersOf, type TemplateData } from '../data/template-data.js';
import {
  canonicalLocale,
  directionOf,
  type Messages,
  type TemplateChannel,
  type TemplateVersion,
  versionId,
} from '../template.js';
import { Formats } from './formats.js';
import { compile } from './handlebars.js';
import { toLine, toPlainProse, toPlainValue } from './plain-value.js';

/** Who reads: how they write dates and numbers, and what their clock shows. */
export interface Reader {
  /** A BCP 47 tag. */
  locale: string;
  /** A time zone of the IANA database. */
  timeZone: string;
}

/** Parts that are one line each: headers, and titles. */
const LINES = ['subject', 'title'];

/** A version of a template, compiled. */
export class ReadyTemplate<C extends TemplateChannel> {
  /** What a delivery remembers, so that its text can be shown again. */
  readonly id: string;
  readonly needs: readonly string[];
  private readonly known: ReadonlyMap<string, Placeholder>;
  private readonly parts: Readonly<Record<string, TemplateDelegate>>;

  /** @param html Of an e-mail: what its MJML has become; null for other channels. */
  constructor(
    private readonly version: TemplateVersion<C>,
    html: string | null,
  ) {
    this.id = versionId(version, version.version);
    this.needs = version.needs;
    this.known = placeholdersOf(version.type, version.channel);
    const { mjml: _, ...texts } = { mjml: '', ...version.content };
    this.parts = {
      ...Object.fromEntries(Object.entries<string>(texts).map(([part, source]) => [part, compile(source, 'text')])),
      ...(html === null ? {} : { html: compile(html, 'html') }),
    };
  }

  /**
   * The message for one reader. Nothing in `data` can be more than text in it: no element, no line of a header, no
   * direction that goes on after it. Throws where something is missing that the template needs (`missingFrom`).
   */
  render(data: TemplateData, reader: Reader): Messages[C] {
    const missing = missingFrom(this.needs, data);
    if (missing.length > 0) throw new Error(`${this.id} cannot be rendered without ${missing.join(', ')}.`);
    const { locale } = this.version;
    const formats = Formats.of(sameLanguage(reader.locale, locale) ? reader.locale : locale, reader.timeZone);
    const values = this.plainValues(data);
    const rendered = Object.entries(this.parts).map(([part, insert]) => {
      const text = insert(values, { data: { formats } });
      return [part, LINES.includes(part) ? toLine(text) : text.trim()];
    });
    return Object.fromEntries(rendered) as Messages[C];
  }

  /** What there is to show, with every text in it made plain; links are Usher's own, and times no texts. */
  private plainValues(data: object, at = ''): object {
    const entries = Object.entries(data).map(([name, value]: [string, unknown]) => {
      const path = `${at}${name}`;
      if (typeof value === 'object' && value !== null) return [name, this.plainValues(value, `${path}.`)];
      return [name, typeof value === 'string' ? this.plain(value, path) : value];
    });
    return Object.fromEntries(entries) as object;
  }

  private plain(value: string, path: string): string {
    const direction = directionOf(this.version.locale);
    switch (this.known.get(path)?.kind) {
      case 'text':
        return toPlainValue(value, direction);
      case 'prose':
        return toPlainProse(value, direction);
      default:
        return value;
    }
  }
}

const sameLanguage = (one: string, other: string): boolean => languageOf(one) === languageOf(other);
const languageOf = (locale: string): string | undefined => canonicalLocale(locale)?.split('-')[0];
